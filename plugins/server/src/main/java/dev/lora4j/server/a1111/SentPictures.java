package dev.lora4j.server.a1111;

import com.google.gson.JsonElement;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.JsonFields;
import java.util.Base64;
import java.util.Locale;

/**
 * The pictures of one request, each the base64 of a file, with or without {@code
 * data:image/png;base64,}. A small file may declare any size, so their pixels are counted before
 * they are unpacked.
 */
final class SentPictures {
  /** Most pixels of all pictures of a request. */
  private static final long MOST = 4096L * 4096;

  private static final String MARK = ";base64,";

  private long left = MOST;

  /**
   * The bytes of the file.
   *
   * @param path of the field
   * @throws HttpProblem 422 if it is no base64
   */
  static byte[] bytes(String path, JsonElement value) {
    String text = JsonFields.text(path, value).strip();
    if (text.toLowerCase(Locale.ROOT).startsWith("http")) {
      throw A1111Problem.unusable(
          path + " is an address, and pictures are not fetched; send the picture as base64.");
    }
    if (text.startsWith("data:")) {
      int mark = text.indexOf(MARK);
      if (mark < 0) {
        throw A1111Problem.unusable(path + " must be base64 after data:image/png;base64,.");
      }
      text = text.substring(mark + MARK.length());
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text);
      if (bytes.length > 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw A1111Problem.unusable(
          path + " must be a picture as base64: " + e.getMessage() + ". Encode it again.");
    }
    throw A1111Problem.unusable(path + " must be a picture as base64, found an empty one.");
  }

  /**
   * The pixels of the picture, whose size is looked at before its pixels are unpacked.
   *
   * @throws HttpProblem 422 if it is no picture that can be used
   */
  PixelMap pixels(String path, JsonElement value) {
    PictureFile file = PictureFile.of(bytes(path, value));
    try {
      PictureHeader header = file.header();
      left -= (long) header.width() * header.height();
      if (left < 0) {
        throw A1111Problem.unusable(
            path
                + " has "
                + header.width()
                + "x"
                + header.height()
                + " pixels; the pictures of a request may have "
                + MOST
                + " together. Make them smaller.");
      }
      return file.decodeAnySize();
    } catch (PictureFileException e) {
      throw A1111Problem.unusable(path + " " + e.sentence());
    }
  }
}
