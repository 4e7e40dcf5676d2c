//! Whole pipelines on small pictures.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder as _, Rgb, RgbImage};
use serde_json::{Value, json};

use super::*;
use crate::pipeline::HttpService;
use crate::pipeline::picture::exif_sample;
use crate::pipeline::picture::tests::{photo, sample_file};

type Answer = Result<Bytes, ServiceError>;

/// A service that answers what it was told to, and remembers what it was asked.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Answer>>,
    calls: Mutex<Vec<(String, ServiceCall)>>,
}

#[async_trait]
impl PictureServices for Scripted {
    async fn call(&self, service: &str, call: ServiceCall) -> Answer {
        self.calls.lock().unwrap().push((service.to_owned(), call));
        let answer = self.answers.lock().unwrap().pop_front();
        match answer {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

struct Bench {
    processor: Processor,
    services: Arc<Scripted>,
}

fn bench(answers: impl IntoIterator<Item = Answer>) -> Bench {
    let mut config = PipelineConfig { max_pixels: 1_000_000, workers: 2, ..PipelineConfig::default() };
    let service = HttpService::at("http://127.0.0.1:1/".parse().unwrap());
    config.services.insert("upscaler".to_owned(), service);
    let kinds = StepKinds::new(&config).unwrap();
    let services = Arc::new(Scripted::default());
    services.answers.lock().unwrap().extend(answers);
    Bench { processor: Processor::new(&config, &kinds, services.clone()).unwrap(), services }
}

fn pipeline(steps: &[(&str, &str, Value)]) -> ResolvedPipeline {
    let steps: Vec<_> = steps
        .iter()
        .map(|(name, kind, parameters)| json!({"name": name, "operation": {"kind": kind, "parameters": parameters}}))
        .collect();
    serde_json::from_value(json!({ "steps": steps })).unwrap()
}

impl Bench {
    async fn run(&self, pipeline: &ResolvedPipeline, input: impl Into<Bytes>) -> Result<Output, StepError> {
        self.watched(pipeline, input, &mut |_: &str| {}, &CancellationToken::new()).await
    }

    async fn watched(
        &self,
        pipeline: &ResolvedPipeline,
        input: impl Into<Bytes>,
        on_step: &mut (dyn FnMut(&str) + Send),
        cancel: &CancellationToken,
    ) -> Result<Output, StepError> {
        let job = Job { pipeline, input: input.into(), operation_key: "item-1" };
        self.processor.run(job, on_step, cancel).await
    }
}

fn pixels(output: &Output) -> RgbImage {
    image::load_from_memory(&output.bytes).unwrap().to_rgb8()
}

fn clean() -> ResolvedPipeline {
    pipeline(&[
        ("brightness", "brightness", json!({"brightness": 10})),
        ("contrast", "contrast", json!({"contrast": 0})),
        ("strip_metadata", "strip_metadata", json!({})),
    ])
}

#[tokio::test]
async fn every_step_is_done_announced_and_timed() {
    let image = RgbImage::from_pixel(20, 10, Rgb([100, 100, 100]));
    let mut file = Vec::new();
    DynamicImage::from(image).write_with_encoder(image::codecs::png::PngEncoder::new(&mut file)).unwrap();
    let mut begun = Vec::new();
    let cancel = CancellationToken::new();
    let output =
        bench([]).watched(&clean(), file, &mut |name| begun.push(name.to_owned()), &cancel).await.unwrap();
    assert!(pixels(&output).pixels().all(|pixel| pixel.0 == [126; 3]));
    assert_eq!(
        (output.width, output.height, output.content_type, output.extension),
        (20, 10, "image/png", "png")
    );
    let expected = ["decode", "brightness", "contrast", "strip_metadata", "encode"];
    assert_eq!(begun, expected);
    assert_eq!(output.steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), expected);
    assert!(output.steps.iter().all(|step| step.milliseconds >= 0.0));
}

#[tokio::test]
async fn the_format_stays_unless_a_step_converts() {
    let bench = bench([]);
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Gif] {
        let output = bench.run(&clean(), sample_file(format, 30, 20)).await.unwrap();
        assert_eq!((output.content_type, output.extension), (format.content_type(), format.extension()));
        let convert = pipeline(&[("convert", "convert", json!({"format": "webp"}))]);
        let output = bench.run(&convert, sample_file(format, 30, 20)).await.unwrap();
        assert_eq!((output.extension, output.width, output.height), ("webp", 30, 20));
        assert_eq!(image::guess_format(&output.bytes).unwrap(), image::ImageFormat::WebP);
    }
}

#[tokio::test]
async fn a_pipeline_without_steps_looks_and_leaves_the_file_alone() {
    let bench = bench([]);
    let file = sample_file(Format::Jpeg, 30, 20);
    let output = bench.run(&pipeline(&[]), file.clone()).await.unwrap();
    assert_eq!((output.bytes, output.width, output.height), (Bytes::from(file.clone()), 30, 20));
    let error = bench.run(&pipeline(&[]), file[..file.len() / 2].to_vec()).await.unwrap_err();
    assert_eq!(error.code(), StepErrorCode::CorruptImage);
}

#[tokio::test]
async fn stripping_alone_turns_the_picture_upright_and_drops_what_it_said() {
    let upright = photo(12, 8);
    let mut stored = DynamicImage::from(upright.clone());
    stored.apply_orientation(Orientation::Rotate270);
    let mut file = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
    encoder.set_exif_metadata(exif_sample(6)).unwrap();
    stored.write_with_encoder(encoder).unwrap();
    assert!(file.windows(4).any(|bytes| bytes == b"eXIf"));

    let strip = pipeline(&[("strip", "strip_metadata", json!({}))]);
    let output = bench([]).run(&strip, file).await.unwrap();
    assert_eq!(pixels(&output), upright);
    assert!(!output.bytes.windows(4).any(|bytes| bytes == b"eXIf"));
}

#[tokio::test]
async fn steps_work_on_what_the_earlier_ones_made() {
    let steps = pipeline(&[
        ("crop", "crop", json!({"width": 20, "height": 10, "x": 0, "y": 0})),
        ("rotate", "rotate", json!({"degrees": 90})),
        ("small", "resize", json!({"width": 5})),
        ("gray", "grayscale", json!({})),
        ("mark", "watermark", json!({"text": "x"})),
        ("soft", "blur", json!({})),
        ("sharp", "sharpen", json!({})),
        ("flip", "flip", json!({})),
    ]);
    let output = bench([]).run(&steps, sample_file(Format::Png, 40, 40)).await.unwrap();
    assert_eq!((output.width, output.height), (5, 10));
    assert_eq!(output.steps.len(), 10);
}

#[tokio::test]
async fn bad_inputs_have_their_codes() {
    let bench = bench([]);
    let jpeg = sample_file(Format::Jpeg, 30, 20);
    for (input, code) in [
        (b"<html>404</html>".to_vec(), StepErrorCode::NotAnImage),
        (vec![], StepErrorCode::NotAnImage),
        (jpeg[..jpeg.len() - 20].to_vec(), StepErrorCode::CorruptImage),
        (bomb(60_000, 60_000), StepErrorCode::TooLarge),
        (bomb(20_000, 20_000), StepErrorCode::TooLarge),
        (bomb(u32::MAX, u32::MAX), StepErrorCode::TooLarge),
    ] {
        let error = bench.run(&clean(), input).await.unwrap_err();
        assert_eq!((error.code(), error.step()), (code, Some("decode")));
        assert!(!error.is_transient() && error.message().len() < 400);
    }
}

/// The header of a PNG and nothing behind it: whoever began to decode would find it cut off.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    file.extend_from_slice(&width.to_be_bytes());
    file.extend_from_slice(&height.to_be_bytes());
    file.extend_from_slice(&[8, 2, 0, 0, 0]);
    file
}

#[tokio::test]
async fn what_a_step_would_make_is_bounded_too() {
    let enlarge = pipeline(&[("large", "resize", json!({"width": 20_000, "upscale": true}))]);
    let error = bench([]).run(&enlarge, sample_file(Format::Png, 10, 10)).await.unwrap_err();
    assert_eq!((error.code(), error.step()), (StepErrorCode::TooLarge, Some("large")));
    let outside = pipeline(&[("cut", "crop", json!({"width": 1, "height": 1, "x": 99, "y": 0}))]);
    let error = bench([]).run(&outside, sample_file(Format::Png, 10, 10)).await.unwrap_err();
    assert_eq!((error.code(), error.step()), (StepErrorCode::StepFailed, Some("cut")));
}

fn outside() -> (&'static str, &'static str, Value) {
    ("outside", "http", json!({"service": "upscaler"}))
}

#[tokio::test]
async fn a_service_gets_the_picture_and_its_answer_goes_on() {
    let answer = Bytes::from(sample_file(Format::Png, 50, 40));
    let bench = bench([Ok(answer.clone()), Ok(answer.clone())]);
    let input = Bytes::from(sample_file(Format::Jpeg, 30, 20));
    // First and last: the input goes out and the answer comes back as they are.
    let output = bench.run(&pipeline(&[outside()]), input.clone()).await.unwrap();
    assert_eq!((output.bytes, output.extension, output.width), (answer, "png", 50));
    // In the middle: what was made before goes out, and what came is worked on.
    let steps = pipeline(&[
        ("small", "resize", json!({"width": 15})),
        outside(),
        ("cut", "crop", json!({"width": 10, "height": 10})),
    ]);
    let output = bench.run(&steps, input.clone()).await.unwrap();
    assert_eq!((output.width, output.height, output.extension), (10, 10, "png"));
    let names: Vec<_> = output.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["decode", "small", "encode", "outside", "decode", "cut", "encode"]);

    let calls = bench.services.calls.lock().unwrap();
    assert_eq!((calls[0].0.as_str(), calls[0].1.content_type), ("upscaler", "image/jpeg"));
    assert_eq!((&calls[0].1.picture, calls[0].1.operation_key.as_str()), (&input, "item-1:outside"));
    assert_eq!(image::load_from_memory(&calls[1].1.picture).unwrap().width(), 15);
}

#[tokio::test]
async fn a_services_failures_are_sorted() {
    for (error, code, transient) in [
        (ServiceError::Unknown, StepErrorCode::ServiceRefused, false),
        (ServiceError::Refused(422), StepErrorCode::ServiceRefused, false),
        (ServiceError::Unreachable, StepErrorCode::ServiceFailed, true),
        (ServiceError::Unavailable(503), StepErrorCode::ServiceFailed, true),
        (ServiceError::Timeout(30), StepErrorCode::ServiceTimeout, true),
        (ServiceError::TooLarge(9), StepErrorCode::ServiceBadAnswer, false),
    ] {
        let bench = bench([Err(error)]);
        let error = bench.run(&pipeline(&[outside()]), sample_file(Format::Png, 4, 4)).await.unwrap_err();
        assert_eq!((error.code(), error.is_transient(), error.step()), (code, transient, Some("outside")));
    }
}

#[tokio::test]
async fn an_answer_that_is_no_picture_is_the_services_fault() {
    let png = sample_file(Format::Png, 40, 40);
    for answer in [b"<html>".to_vec(), png[..png.len() / 2].to_vec(), bomb(60_000, 60_000)] {
        for rest in [&[][..], &[("flip", "flip", json!({}))], &[outside()]] {
            let bench = bench([Ok(answer.clone().into()), Ok(png.clone().into())]);
            let steps = pipeline(&[&[outside()], rest].concat());
            let result = bench.run(&steps, png.clone()).await;
            // A picture cut in half passes for one until it is decoded: the second service sees it.
            if let Err(error) = result {
                let expected = (StepErrorCode::ServiceBadAnswer, Some("outside"));
                assert_eq!((error.code(), error.step()), expected);
            } else {
                assert!(rest == [outside()] && answer == png[..png.len() / 2]);
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_picture_does_not_go_out() {
    let bench = bench([]);
    let error = bench.run(&pipeline(&[outside()]), &b"secret"[..]).await.unwrap_err();
    assert_eq!((error.code(), error.step()), (StepErrorCode::NotAnImage, Some("decode")));
    assert!(bench.services.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn cancelling_stops_before_the_next_step() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error =
        bench([]).watched(&clean(), sample_file(Format::Png, 4, 4), &mut |_| {}, &cancel).await.unwrap_err();
    assert_eq!(error.code(), StepErrorCode::Cancelled);

    // The service never answers; cancelled as soon as its step begins.
    let cancel = CancellationToken::new();
    let mut begun = Vec::new();
    let mut on_step = |name: &str| {
        begun.push(name.to_owned());
        if name == "outside" {
            cancel.cancel();
        }
    };
    let steps = pipeline(&[("flip", "flip", json!({})), outside(), ("flop", "flip", json!({}))]);
    let error =
        bench([]).watched(&steps, sample_file(Format::Png, 4, 4), &mut on_step, &cancel).await.unwrap_err();
    assert_eq!(
        (error.code(), error.step(), error.is_transient()),
        (StepErrorCode::Cancelled, Some("outside"), false)
    );
    assert_eq!(begun, ["decode", "flip", "encode", "outside"]);
}

#[test]
fn codes_are_distinct_and_in_capitals() {
    let names: std::collections::HashSet<_> = StepErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), StepErrorCode::ALL.len());
    assert!(names.iter().all(|name| name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')));
}
