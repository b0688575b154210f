package dev.lora4j.diffusion.record;

import dev.lora4j.core.safetensors.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes PNG files, whole or not at all, and reads their texts. */
public final class PngFile {
  /** Keyword of the infotext, as other tools write it. */
  public static final String PARAMETERS = "parameters";

  private static final String FORMAT = "javax_imageio_png_1.0";

  private PngFile() {}

  /** Writes {@code image} with {@code parameters} as a text chunk of that name. */
  public static void write(Path file, BufferedImage image, String parameters) {
    write(file, image, Map.of(PARAMETERS, parameters));
  }

  /**
   * Writes {@code image} with {@code texts} as text chunks, by keyword.
   *
   * @throws UncheckedIOException if that fails; the message has the place where the picture was
   *     written instead, if there is one
   */
  public static void write(Path file, BufferedImage image, Map<String, String> texts) {
    byte[] png = bytes(image, texts);
    try {
      write(file.toAbsolutePath(), png);
    } catch (IOException e) {
      String instead =
          RescuedPicture.keep(file, png)
              .map(there -> " The picture is kept in " + there + ".")
              .orElse(" It could not be written elsewhere either.");
      throw new UncheckedIOException("Cannot write " + file + ": " + reason(e) + instead, e);
    }
  }

  /** The content of such a file. */
  public static byte[] bytes(BufferedImage image, Map<String, String> texts) {
    try {
      return encode(image, texts);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode the picture as PNG: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return String.valueOf(e.getMessage()).replaceFirst("\\.?$", ".");
  }

  static void write(Path target, byte[] png) throws IOException {
    Files.createDirectories(target.resolveSibling("."));
    // Not by a channel, which an interrupt would close: a finished picture must reach the disk.
    AtomicFile.write(target, out -> out.write(ByteBuffer.wrap(png)));
  }

  /**
   * The text chunks of a PNG file by keyword.
   *
   * @throws IllegalArgumentException if it is no PNG file, or its texts are too long to be meant
   */
  public static Map<String, String> texts(Path file) {
    try {
      return PngTexts.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The text chunks of a PNG file's content by keyword.
   *
   * @param name of the file in messages
   * @throws IllegalArgumentException as {@link #texts(Path)}
   */
  public static Map<String, String> texts(String name, byte[] content) {
    return PngTexts.read(name, content);
  }

  private static byte[] encode(BufferedImage image, Map<String, String> texts) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // In memory, as the platform's other streams need a folder for temporary files.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
      IIOMetadataNode chunks = new IIOMetadataNode("iTXt");
      texts.forEach((keyword, text) -> chunks.appendChild(entry(keyword, text)));
      IIOMetadataNode root = new IIOMetadataNode(FORMAT);
      root.appendChild(chunks);
      metadata.mergeTree(FORMAT, root);
      writer.setOutput(out);
      writer.write(new IIOImage(image, java.util.List.of(), metadata));
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadataNode entry(String keyword, String text) {
    IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
    entry.setAttribute("keyword", keyword);
    entry.setAttribute("compressionFlag", "FALSE");
    entry.setAttribute("compressionMethod", "0");
    entry.setAttribute("languageTag", "");
    entry.setAttribute("translatedKeyword", "");
    entry.setAttribute("text", text);
    return entry;
  }
}
