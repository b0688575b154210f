package dev.lora4j.server.openai;

import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Encoding of answered pictures.
 *
 * @param format {@code png}, which says how the picture was made, or {@code jpeg}
 * @param quality of JPEG, from 0 to 100
 */
record ImageEncoding(String format, int quality) {
  private static final String PNG = "png";
  private static final int BEST = 100;

  /** Reads {@code output_format} and {@code output_compression}. */
  static ImageEncoding of(JsonFields body) {
    String format = ImageRequest.choice(body, "output_format", List.of(PNG, "jpeg")).orElse(PNG);
    int quality = body.integer("output_compression", 0, BEST).orElse(BEST);
    if (format.equals(PNG) && quality != BEST) {
      throw new FieldException(
          "output_compression",
          "output_compression is for jpeg; a png is the same picture at 100 alone.");
    }
    return new ImageEncoding(format, quality);
  }

  /** The media type of the files. */
  String mediaType() {
    return "image/" + format;
  }

  /** The file of a picture. */
  byte[] bytes(GeneratedImage made) {
    return format.equals(PNG) ? made.png() : jpeg(made.image());
  }

  private byte[] jpeg(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality / (float) BEST);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, List.of(), null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode the picture as JPEG.", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
