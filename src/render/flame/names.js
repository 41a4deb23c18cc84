
// In place of inferno's, which may leave half of a number: that would be another number.
function update_text(e) {
    var r = find_child(e, "rect"), t = find_child(e, "text");
    var whole = frames.attributes.width.value;
    var room = parseFloat(r.attributes.width.value) * whole / 100 - 6;
    var name = find_child(e, "title").textContent.replace(/ \([^(]*\)$/, "");
    t.attributes.x.value = format_percent(parseFloat(r.attributes.x.value) + 300 / whole);
    t.textContent = name + "…";
    var dots = t.getSubStringLength(name.length, 1);
    if (name === "" || t.getComputedTextLength() - dots <= room) {
        t.textContent = name;
        return;
    }
    var end = name.length;
    while (end > 0 && t.getSubStringLength(0, end) > room - dots) end -= 1;
    var head = name.substring(0, end);
    if (/^[\d,.]/.test(name.substring(end))) head = head.replace(/[\d,.]+$/, "");
    head = head.replace(/[ (,]+$/, "");
    t.textContent = head.length > 1 ? head + "…" : "";
}
function update_text_for_elements(elements) {
    for (var i = 0; i < elements.length; i++) update_text(elements[i]);
}
