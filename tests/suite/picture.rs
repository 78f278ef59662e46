//! Pictures of every kind in, what a mail carries of them out.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, Frame, GrayImage, ImageDecoder as _, ImageEncoder as _, ImageReader};
use image::{Luma, Rgb, RgbImage, Rgba, RgbaImage};
use newsletter::picture::{BUDGET, BUDGET_MOVING, Format, Picture, Refusal, WIDTH_MAX, fit};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::test_runner::Config;

/// A number that looks like chance, from 0 to 255.
fn noise(x: u32, y: u32) -> u8 {
    let mixed =
        (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77)).wrapping_mul(0xc2b2_ae3d);
    (mixed >> 24) as u8
}

/// A photograph: soft shapes with some grain.
fn photograph(width: u32, height: u32) -> DynamicImage {
    let soft = |at: u32, of: u32| u8::try_from(u64::from(at) * 220 / u64::from(of)).unwrap();
    RgbImage::from_fn(width, height, |x, y| {
        let grain = noise(x, y) / 12;
        let (across, down) = (soft(x, width), soft(y, height));
        Rgb([across + grain, down + grain, 120 + grain])
    })
    .into()
}

/// Lines on white.
fn drawing(width: u32, height: u32) -> DynamicImage {
    let ink = |x: u32, y: u32| x % 90 < 6 || y % 70 < 6;
    RgbImage::from_fn(width, height, |x, y| Rgb(if ink(x, y) { [20, 60, 90] } else { [255; 3] }))
        .into()
}

/// A red disc on nothing; what is nothing is written down as green.
fn disc(width: u32, height: u32) -> DynamicImage {
    let inside = |x: u32, y: u32| {
        let (x, y) = (x.abs_diff(width / 2), y.abs_diff(height / 2));
        x * x + y * y < (height / 3) * (height / 3)
    };
    RgbaImage::from_fn(width, height, |x, y| {
        Rgba(if inside(x, y) { [200, 0, 0, 255] } else { [0, 255, 0, 0] })
    })
    .into()
}

fn jpeg(pixels: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    bytes
}

fn png(pixels: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    pixels.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
    bytes
}

fn webp(pixels: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    pixels.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).unwrap();
    bytes
}

fn gif(width: u32, height: u32, frames: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for frame in 0..frames {
        let pixels = RgbaImage::from_fn(width, height, |x, y| {
            let value = noise(x, y + frame * height);
            Rgba([value, value, value, 255])
        });
        encoder.encode_frame(Frame::new(pixels)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A JPEG with a segment behind its first two bytes.
fn with_segment(bytes: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&bytes[..2], &[0xff, marker], &length, data, &bytes[2..]].concat()
}

/// EXIF with an orientation, and the words that a camera would say where it was with.
fn exif(orientation: u8) -> Vec<u8> {
    let mut data = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    data.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    data.extend(b"GPS 50 21 N 4 9 W");
    data
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

fn decode(picture: &Picture) -> DynamicImage {
    let pixels = image::load_from_memory(&picture.bytes).unwrap();
    assert_eq!((pixels.width(), pixels.height()), (picture.width, picture.height));
    pixels
}

#[test]
fn what_is_fit_for_mail_stays_as_it_is_to_the_byte() {
    let photograph = photograph(640, 400);
    let grey = DynamicImage::from(GrayImage::from_fn(64, 64, |x, y| Luma([noise(x, y)])));
    for (bytes, format) in [
        (jpeg(&photograph, 85), Format::Jpeg),
        (jpeg(&grey, 85), Format::Jpeg),
        (png(&drawing(WIDTH_MAX, 700)), Format::Png),
        (png(&disc(300, 300)), Format::Png),
        (gif(60, 40, 1), Format::Gif),
        (gif(60, 40, 3), Format::Gif),
    ] {
        let picture = fit(&bytes).unwrap();
        assert_eq!((picture.format, picture.bytes[..] == bytes[..]), (format, true));
    }
}

#[test]
fn what_is_too_wide_is_resized_in_proportion() {
    let picture = fit(&jpeg(&photograph(2_000, 1_001), 90)).unwrap();
    assert_eq!((picture.format, picture.width, picture.height), (Format::Jpeg, WIDTH_MAX, 641));
    assert!(picture.bytes.len() <= BUDGET);
    let shown = decode(&picture).to_rgb8();
    let (left, right) = (shown.get_pixel(20, 400).0, shown.get_pixel(1_260, 400).0);
    assert!(left[0] < 30 && right[0] > 200, "{left:?} {right:?}");
    let thin = fit(&png(&drawing(9_000, 1))).unwrap();
    assert_eq!((thin.width, thin.height), (WIDTH_MAX, 1));
}

#[test]
fn a_photograph_over_its_budget_is_compressed_until_it_fits() {
    let heavy = jpeg(&photograph(1_280, 500), 100);
    assert!(heavy.len() > BUDGET);
    let picture = fit(&heavy).unwrap();
    assert!(picture.bytes.len() <= BUDGET, "{}", picture.bytes.len());
    assert_eq!((picture.format, picture.width, picture.height), (Format::Jpeg, 1_280, 500));
}

#[test]
fn a_picture_that_stays_heavy_is_as_light_as_it_can_be_and_says_so() {
    let chance = |x, y| Rgb([noise(x, y), noise(y, x), noise(x + 7, y)]);
    let pixels = DynamicImage::from(RgbImage::from_fn(1_000, 500, chance));
    let picture = fit(&jpeg(&pixels, 90)).unwrap();
    assert!(picture.is_heavy());
    assert_eq!(picture.width, WIDTH_MAX / 4 * 3);
}

#[test]
fn a_drawing_stays_a_png_and_a_photograph_in_a_png_becomes_a_jpeg() {
    let drawn = fit(&png(&drawing(1_500, 400))).unwrap();
    assert_eq!((drawn.format, drawn.width), (Format::Png, WIDTH_MAX));
    let taken = png(&photograph(1_000, 400));
    assert!(taken.len() > BUDGET);
    let picture = fit(&taken).unwrap();
    assert_eq!((picture.format, picture.width), (Format::Jpeg, 1_000));
}

#[test]
fn what_is_transparent_stays_so_and_has_no_rim() {
    let picture = fit(&png(&disc(1_340, 201))).unwrap();
    assert_eq!((picture.format, picture.width), (Format::Png, WIDTH_MAX));
    let shown = decode(&picture).to_rgba8();
    assert_eq!(shown.get_pixel(2, 2).0[3], 0);
    assert_eq!(shown.get_pixel(640, 96).0, [200, 0, 0, 255]);
    let green = shown.pixels().filter(|pixel| pixel.0[3] > 8 && pixel.0[1] > 40).count();
    assert_eq!(green, 0, "the colour of what cannot be seen is seen at the edge");
    let opaque = DynamicImage::from(photograph(1_300, 300).to_rgba8());
    assert_eq!(fit(&png(&opaque)).unwrap().format, Format::Jpeg, "it only could be transparent");
}

#[test]
fn a_webp_becomes_what_it_is_best_as() {
    let photograph = fit(include_bytes!("../cases/assets/images/dawn.webp")).unwrap();
    assert_eq!((photograph.format, photograph.width, photograph.height), (Format::Jpeg, 160, 100));
    assert_eq!(fit(&webp(&drawing(400, 300))).unwrap().format, Format::Png);
    let transparent = fit(&webp(&disc(300, 300))).unwrap();
    assert_eq!(transparent.format, Format::Png);
    assert_eq!(decode(&transparent).to_rgba8().get_pixel(1, 1).0[3], 0);
}

#[test]
fn a_gif_that_moves_is_left_alone_and_one_that_does_not_is_a_picture_like_others() {
    let moving = gif(600, 600, 4);
    let picture = fit(&moving).unwrap();
    assert_eq!(picture.bytes[..], moving[..]);
    assert_eq!(picture.is_heavy(), moving.len() > BUDGET_MOVING);
    assert!(picture.is_heavy());
    let wide = fit(&gif(1_400, 60, 1)).unwrap();
    assert_eq!((wide.format, wide.width), (Format::Png, WIDTH_MAX));
}

#[test]
fn a_picture_on_its_side_is_turned_upright() {
    let lying = jpeg(&photograph(300, 200), 90);
    let upright = fit(&with_segment(&lying, 0xe1, &exif(6))).unwrap();
    assert_eq!((upright.width, upright.height), (200, 300));
    // What was at the left is at the top.
    let shown = decode(&upright).to_rgb8();
    assert!(shown.get_pixel(100, 5).0[0] < 40 && shown.get_pixel(100, 295).0[0] > 190);
    let mut again = ImageReader::new(Cursor::new(&upright.bytes[..]))
        .with_guessed_format()
        .unwrap()
        .into_decoder()
        .unwrap();
    assert_eq!(again.orientation().unwrap(), Orientation::NoTransforms);
}

#[test]
fn where_and_by_whom_it_was_taken_stays_at_home_and_the_pixels_stay_the_same() {
    let plain = jpeg(&photograph(320, 200), 85);
    let mut told = with_segment(&plain, 0xe1, &exif(1));
    told = with_segment(&told, 0xed, b"Photoshop 3.0\0GPS of the IPTC");
    told = with_segment(&told, 0xfe, b"GPS in a comment");
    told.extend(b"GPS in a film behind the picture");
    let picture = fit(&told).unwrap();
    assert!(holds(&told, b"GPS") && !holds(&picture.bytes, b"GPS"));
    assert_eq!(picture.bytes[..], plain[..]);

    let plain = png(&drawing(320, 200));
    let chunk = [&17_u32.to_be_bytes()[..], b"eXIfGPS 50 21 N 4 9 W", &[0; 4]].concat();
    let told = [&plain[..33], &chunk, &plain[33..], b"GPS behind the picture"].concat();
    assert_eq!(fit(&told).unwrap().bytes[..], plain[..]);
}

/// A profile of colours, as far as anybody looks here.
fn profile(space: &[u8; 4]) -> Vec<u8> {
    let mut profile = vec![7; 132];
    profile[16..20].copy_from_slice(space);
    profile
}

#[test]
fn what_the_colours_mean_is_taken_along() {
    let wide = photograph(1_400, 300).to_rgb8();
    for (space, stays) in [(b"RGB ", true), (b"CMYK", false)] {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
        encoder.set_icc_profile(profile(space)).unwrap();
        encoder.encode_image(&wide).unwrap();
        let picture = fit(&bytes).unwrap();
        assert_eq!(picture.width, WIDTH_MAX);
        assert_eq!(holds(&picture.bytes, &profile(space)), stays);
    }
}

#[test]
fn inks_become_colours() {
    let inks = include_bytes!("../cases/assets/images/inks.jpg");
    let picture = fit(inks).unwrap();
    assert!(picture.bytes[..] != inks[..], "programs that do not know inks show them wrong");
    assert_eq!((picture.format, picture.width, picture.height), (Format::Jpeg, 24, 16));
    let Rgb([red, green, blue]) = *decode(&picture).to_rgb8().get_pixel(12, 8);
    assert!(red > 160 && green < 70 && blue < 80, "{red} {green} {blue}");
}

#[test]
fn what_no_mail_should_carry_is_refused() {
    let cut = jpeg(&photograph(300, 200), 85);
    let bomb = include_bytes!("../cases/assets/images/bomb.png");
    for (bytes, refusal) in [
        (&b""[..], Refusal::Broken),
        (b"no picture", Refusal::Unknown),
        (b"<p>no picture either</p>", Refusal::Unknown),
        (b"%PDF-1.7", Refusal::Unknown),
        (&cut[..cut.len() / 2], Refusal::Broken),
        (&cut[..20], Refusal::Broken),
        (&png(&drawing(90, 90))[..60], Refusal::Broken),
        (&gif(40, 40, 1)[..200], Refusal::Broken),
        (bomb, Refusal::Huge(60_000, 60_000)),
        (&png(&drawing(1, 1)), Refusal::Tiny(1, 1)),
        (&gif(4, 4, 2), Refusal::Tiny(4, 4)),
    ] {
        assert_eq!(fit(bytes), Err(refusal), "{} bytes", bytes.len());
    }
    assert!(fit(&png(&drawing(600, 2))).is_ok(), "a thin line is not tiny");
}

#[test]
fn the_same_picture_becomes_the_same_bytes() {
    let bytes = png(&photograph(1_300, 200));
    assert_eq!(fit(&bytes), fit(&bytes));
}

/// Real pictures of every kind, small enough to be made thousands of times.
fn pictures() -> impl Strategy<Value = Vec<u8>> {
    let photograph = photograph(48, 32);
    let wide = drawing(1_290, 3);
    let turned = with_segment(&jpeg(&photograph, 80), 0xe1, &exif(8));
    prop_oneof![
        Just(jpeg(&photograph, 80)),
        Just(turned),
        Just(png(&disc(24, 24))),
        Just(png(&wide)),
        Just(webp(&wide)),
        Just(gif(20, 20, 2)),
        Just(include_bytes!("../cases/assets/images/dawn.webp").to_vec()),
        proptest::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 1_500, ..Config::default() })]

    #[test]
    fn whatever_a_file_holds_it_is_refused_or_fit_for_mail(
        mut bytes in pictures(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        keep in prop_oneof![Just(1.0), 0.0..1.0_f64],
    ) {
        for (at, value) in changes.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        if let Ok(picture) = fit(&bytes) {
            prop_assert!(picture.width <= WIDTH_MAX || picture.format == Format::Gif);
            prop_assert!(picture.width > 0 && picture.height > 0);
            prop_assert!(image::guess_format(&picture.bytes).is_ok());
            prop_assert!(!changes.is_empty() || !holds(&picture.bytes, b"GPS "));
        }
    }
}
