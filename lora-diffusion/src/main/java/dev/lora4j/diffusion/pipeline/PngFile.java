package dev.lora4j.diffusion.pipeline;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.UUID;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/** Writes PNG files, whole or not at all. */
public final class PngFile {
  private static final String FORMAT = "javax_imageio_png_1.0";

  private PngFile() {}

  /** Writes {@code image} with {@code parameters} as a text chunk of that name. */
  public static void write(Path file, BufferedImage image, String parameters) {
    try {
      byte[] png = encode(image, parameters);
      Path target = file.toAbsolutePath();
      Path folder = Objects.requireNonNullElse(target.getParent(), target.getRoot());
      Files.createDirectories(folder);
      Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
      Files.write(temporary, png);
      Files.move(
          temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] encode(BufferedImage image, String parameters) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
      IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
      entry.setAttribute("keyword", "parameters");
      entry.setAttribute("compressionFlag", "FALSE");
      entry.setAttribute("compressionMethod", "0");
      entry.setAttribute("languageTag", "");
      entry.setAttribute("translatedKeyword", "");
      entry.setAttribute("text", parameters);
      IIOMetadataNode texts = new IIOMetadataNode("iTXt");
      texts.appendChild(entry);
      IIOMetadataNode root = new IIOMetadataNode(FORMAT);
      root.appendChild(texts);
      metadata.mergeTree(FORMAT, root);
      writer.setOutput(out);
      writer.write(new IIOImage(image, java.util.List.of(), metadata));
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
