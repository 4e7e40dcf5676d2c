//! Putting colour profile and EXIF data into a WebP file, which libwebp's encoder does not.

const COLOR_PROFILE: u8 = 1 << 5;
const ALPHA: u8 = 1 << 4;
const EXIF: u8 = 1 << 3;

/// `file`, as the encoder wrote it, with the metadata where there is any.
pub(super) fn with_metadata(
    file: &[u8],
    (width, height): (u32, u32),
    profile: Option<&[u8]>,
    exif: Option<&[u8]>,
) -> Vec<u8> {
    let Some(body) = file.get(12..).filter(|_| profile.is_some() || exif.is_some()) else {
        return file.to_vec();
    };
    // The encoder writes an extended header itself where transparency stands in its own chunk.
    let picture = match body.get(..8) {
        Some([b'V', b'P', b'8', b'X', ..]) => body.get(18..).unwrap_or_default(),
        _ => body,
    };
    let mut flags = if shows_through(picture) { ALPHA } else { 0 };
    flags |= profile.map_or(0, |_| COLOR_PROFILE) | exif.map_or(0, |_| EXIF);
    let mut header = vec![flags, 0, 0, 0];
    header.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
    header.extend_from_slice(&(height - 1).to_le_bytes()[..3]);

    let mut out =
        Vec::with_capacity(file.len() + 64 + profile.map_or(0, <[u8]>::len) + exif.map_or(0, <[u8]>::len));
    out.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    chunk(&mut out, b"VP8X", &header);
    if let Some(profile) = profile {
        chunk(&mut out, b"ICCP", profile);
    }
    out.extend_from_slice(picture);
    if let Some(exif) = exif {
        chunk(&mut out, b"EXIF", exif);
    }
    let size = length(out.len() - 8);
    out[4..8].copy_from_slice(&size);
    out
}

/// Whether the encoder found anything transparent: in a chunk of its own beside a lossy picture,
/// or by a bit of a lossless one.
fn shows_through(picture: &[u8]) -> bool {
    match picture {
        [b'A', b'L', b'P', b'H', ..] => true,
        [b'V', b'P', b'8', b'L', _, _, _, _, _, _, _, _, bits, ..] => bits & 1 << 4 != 0,
        _ => false,
    }
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(&length(data.len()));
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(2), 0);
}

/// A WebP of at most 16,383 pixels a side stays far below 4 GB.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}
