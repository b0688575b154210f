package dev.lora4j.studio.dataset;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Kinds of picture files, told by their first bytes alone. */
final class PictureType {
  private static final Map<String, String> MEDIA =
      Map.of(
          "png", "image/png",
          "jpg", "image/jpeg",
          "webp", "image/webp",
          "gif", "image/gif",
          "bmp", "image/bmp");
  private static final int HEAD = 12;

  private PictureType() {}

  /** The ending of files of this kind; empty if it is none that is read. */
  static String of(byte[] file) {
    String head = new String(file, 0, Math.min(HEAD, file.length), StandardCharsets.ISO_8859_1);
    if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
      return "png";
    }
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      return "jpg";
    }
    if (head.startsWith("RIFF") && head.endsWith("WEBP")) {
      return "webp";
    }
    if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
      return "gif";
    }
    return head.startsWith("BM") ? "bmp" : "";
  }

  /** The media type of an ending that {@link #of} gives. */
  static String media(String ending) {
    return MEDIA.getOrDefault(ending, "application/octet-stream");
  }
}
