"""A flask application that keeps its requests, and has served some."""
import sys

import flask

app = flask.Flask("shop")
KEPT = {}


class Order:
    def __init__(self, number, request):
        self.number, self.request, self.lines = number, request, []
        self.previous = KEPT.get(number - 1)


@app.route("/order/<int:number>")
def order(number):
    KEPT[number] = Order(number, flask.request._get_current_object())
    return {"number": number}


client = app.test_client()
for number in range(25):
    client.get("/order/{}?page={}".format(number, number % 3))
print("ready", flush=True)
sys.stdin.read()
