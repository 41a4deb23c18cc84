//! PDF through readers that are not ours: pdfium always, poppler's tools where they are installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use heapgraph::render::{DrawOptions, PictureFormat, Scene, draw};
use serde_json::Value;

use crate::heaps::cases;
use crate::pages::hostile;
use crate::python;
use crate::shapes::leaked_session;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn write(scene: &Scene, name: &str) -> PathBuf {
    let path = file(&format!("{name}.pdf"));
    let picture = draw(scene, PictureFormat::Pdf, &DrawOptions::default()).expect("drawn");
    std::fs::write(&path, &picture.bytes).expect("target/tmp is ours to write");
    path
}

/// What pdfium finds, and the page's pixels.
fn read(path: &Path) -> (Value, Vec<u8>) {
    let python = python::environment("python3", "pdfium", &["pypdfium2==5.15.2"]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render/pdf.py");
    let pixels = path.with_extension("rgb");
    let said = python::run(&python, &[script.as_os_str(), path.as_os_str(), pixels.as_os_str()]);
    (serde_json::from_str(&said).expect("JSON"), std::fs::read(pixels).expect("pixels"))
}

/// Without what a reader may put between words.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn a_page_has_every_text_once_and_looks_like_the_png() {
    let scene = leaked_session();
    let (found, pixels) = read(&write(&scene, "leaked"));
    let (width, height) = draw(&scene, PictureFormat::Svg, &DrawOptions::default()).expect("drawn").size.expect("size");
    assert_eq!(found["pages"], 1);
    assert_eq!(found["points"], serde_json::json!([f64::from(width) * 0.75, f64::from(height) * 0.75]));
    assert_eq!(found["title"].as_str(), scene.title.as_deref());
    let text = letters(found["text"].as_str().expect("text"));
    for line in scene.boxes.iter().flat_map(|one| &one.lines) {
        assert!(text.contains(&letters(&line.text)), "{} is not in {text}", line.text);
    }
    // Names have a halo, which must not be text once more.
    assert_eq!(text.matches("closures").count(), 1, "{text}");

    let png = draw(&scene, PictureFormat::Png, &DrawOptions::default()).expect("drawn");
    let mut reader = png::Decoder::new(std::io::Cursor::new(png.bytes)).read_info().expect("PNG");
    let mut expected = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut expected).expect("pixels");
    // resvg rounds half pixels down, pdfium up.
    let size = [0, 1].map(|at| found["pixels"][at].as_u64().expect("a size") as usize);
    let (width, height) = (frame.width as usize, frame.height as usize);
    assert!(size[0].abs_diff(width) <= 1 && size[1].abs_diff(height) <= 1, "{size:?} beside {width} × {height}");
    let rows = expected.chunks(width * 3).zip(pixels.chunks(size[0] * 3));
    let off: u64 = rows.flat_map(|(one, other)| one.iter().zip(other)).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = off as f64 / expected.len() as f64;
    assert!(mean < 2.0, "pdfium's pixels are {mean:.2} of 255 off resvg's");
}

#[test]
fn hostile_labels_are_in_the_page_as_they_are() {
    let scene = hostile();
    let (found, _) = read(&write(&scene, "hostile"));
    let text = letters(found["text"].as_str().expect("text"));
    // Right-to-left text and what only other fonts have may come out in another order.
    let plain = scene.boxes.iter().map(|one| &one.lines[0].text).filter(|text| text.is_ascii());
    for line in plain {
        assert!(text.contains(&letters(line)), "{line} is not in {text}");
    }
}

#[test]
fn every_case_is_a_page_of_the_same_bytes_each_time() {
    for case in cases() {
        for scene in [case.ours(), case.objgraph()] {
            let draw = || draw(&scene, PictureFormat::Pdf, &DrawOptions::default()).expect("drawn").bytes;
            assert!(draw() == draw(), "{} differs from run to run", case.name);
        }
        let (found, _) = read(&write(&case.ours(), case.name));
        assert_eq!(found["pages"], 1, "{}", case.name);
    }
}

#[test]
fn poppler_finds_embedded_fonts_and_text() {
    let path = write(&leaked_session(), "poppler");
    let tool = |name: &str, arguments: &[&str]| {
        let output = Command::new(name).args(arguments).arg(&path).arg("-").output().ok()?;
        Some((
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ))
    };
    let Some((text, complaints)) = tool("pdftotext", &[]) else {
        eprintln!("skipped: pdftotext is missing: apt install poppler-utils; pdfium reads the pages anyway");
        return;
    };
    assert!(text.contains("40,011 more Sessions") && complaints.is_empty(), "{text}\n{complaints}");
    let run = |name: &str| {
        let output = Command::new(name).arg(&path).output().expect("poppler's tools come together");
        assert!(output.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let (about, fonts) = (run("pdfinfo"), run("pdffonts"));
    assert!(about.contains("Title:           Why is") && about.contains("Pages:           1"), "{about}");
    // Embedded, a subset, with Unicode texts.
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(fonts.len() == 2 && fonts.iter().all(|font| font.contains(" yes yes yes ")), "{fonts:?}");
}
