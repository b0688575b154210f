package dev.lora4j.diffusion.pipeline;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Writes PNG files, whole or not at all, and reads their texts. */
public final class PngFile {
  /** Keyword of the text by which other tools say how a picture was made. */
  public static final String PARAMETERS = "parameters";

  private static final String FORMAT = "javax_imageio_png_1.0";

  private PngFile() {}

  /** Writes {@code image} with {@code parameters} as a text chunk of that name. */
  public static void write(Path file, BufferedImage image, String parameters) {
    write(file, image, Map.of(PARAMETERS, parameters));
  }

  /** Writes {@code image} with {@code texts} as text chunks, by keyword. */
  public static void write(Path file, BufferedImage image, Map<String, String> texts) {
    try {
      byte[] png = encode(image, texts);
      Path target = file.toAbsolutePath();
      Path folder = Objects.requireNonNullElse(target.getParent(), target.getRoot());
      Files.createDirectories(folder);
      Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
      try {
        // Not by a channel, which an interrupt would close: a picture that is done is kept.
        try (OutputStream out = new FileOutputStream(temporary.toFile())) {
          out.write(png);
        }
        Files.move(
            temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The text chunks of a PNG file by keyword.
   *
   * @throws IllegalArgumentException if it is no PNG file
   */
  public static Map<String, String> texts(Path file) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in, true);
      Map<String, String> texts = new LinkedHashMap<>();
      NodeList entries =
          ((IIOMetadataNode) reader.getImageMetadata(0).getAsTree(FORMAT))
              .getElementsByTagName("*");
      for (int i = 0; i < entries.getLength(); i++) {
        Element entry = (Element) entries.item(i);
        if (entry.hasAttribute("keyword")) {
          String value = entry.hasAttribute("text") ? "text" : "value";
          texts.put(entry.getAttribute("keyword"), entry.getAttribute(value));
        }
      }
      return texts;
    } catch (IIOException e) {
      throw new IllegalArgumentException(file + " is no PNG file: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  private static byte[] encode(BufferedImage image, Map<String, String> texts) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
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
