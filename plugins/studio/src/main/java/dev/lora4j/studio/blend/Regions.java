package dev.lora4j.studio.blend;

import com.google.gson.JsonObject;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.Region;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.workspace.Workspace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Painted regions, a grey PNG file each. A region is called as a digest of its shares, so that the
 * same one is there once, and that the record of a picture leads to it.
 */
final class Regions {
  private static final int DIGITS = 32;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{" + DIGITS + "}");
  private static final int LONGEST_SIDE = 2048;

  private final Workspace workspace;

  Regions(Workspace workspace) {
    this.workspace = workspace;
  }

  /** The place of a region, whether it is there or not. */
  private Path file(String id) {
    return workspace.regions().resolve(id + ".png");
  }

  /** A region's file as command lines name it, and as records of pictures do. */
  String shown(String id) {
    return workspace.shown(file(id));
  }

  boolean has(String id) {
    return ID.matcher(id).matches() && Files.isRegularFile(file(id));
  }

  /** The id of the region that a record of a picture means, if it is here. */
  Optional<String> recorded(String hash) {
    return hash.length() < DIGITS
        ? Optional.empty()
        : Optional.of(hash.substring(0, DIGITS)).filter(this::has);
  }

  /**
   * The region of an id.
   *
   * @param field of the request, for messages
   * @throws FieldException if there is none
   */
  RegionMask require(String field, String id) {
    if (!has(id)) {
      throw new FieldException(
          field, field + ": there is no region '" + id + "'. It may be removed; paint it again.");
    }
    try {
      // In the way that the command line reads it, so that both have the same shares.
      BufferedImage picture = PictureFile.read(file(id)).decodeAnySize().image();
      return Region.of(shown(id), picture);
    } catch (PictureFileException e) {
      throw new FieldException(field, field + ": " + shown(id) + " " + e.sentence());
    } catch (IllegalArgumentException e) {
      throw new FieldException(field, field + ": " + e.getMessage());
    }
  }

  /** The bytes of a region's file. */
  byte[] bytes(String id) throws IOException {
    return RegularFile.bytes(file(id), RegularFile.TEXT);
  }

  /**
   * Keeps a region.
   *
   * @param field of the request, for messages
   * @param png its picture: light where an adapter counts; what is transparent counts as black
   * @return its id
   * @throws FieldException if it is damaged, too large, or black everywhere
   * @throws IOException if it cannot be written
   */
  String add(String field, byte[] png) throws IOException {
    BufferedImage grey;
    try {
      grey = grey(field, PictureFile.of(png));
    } catch (PictureFileException e) {
      throw new FieldException(field, field + ": the picture " + e.sentence());
    }
    byte[] written = PngFile.bytes(grey, Map.of());
    String id;
    try {
      BufferedImage read = PictureFile.of(written).decodeAnySize().image();
      id = Region.of(field, read).hash().substring(0, DIGITS);
    } catch (IllegalArgumentException e) {
      throw new FieldException(
          field,
          "The region is black everywhere, so its adapter would do nothing. Paint it white.");
    }
    if (!has(id)) {
      Files.createDirectories(workspace.regions());
      AtomicFile.write(file(id), out -> out.write(ByteBuffer.wrap(written)));
    }
    return id;
  }

  private static BufferedImage grey(String field, PictureFile file) {
    PictureHeader header = file.header();
    if (header.width() > LONGEST_SIDE || header.height() > LONGEST_SIDE) {
      throw new FieldException(
          field,
          field
              + " must be at most "
              + LONGEST_SIDE
              + " pixels wide and high, found "
              + header.width()
              + "x"
              + header.height()
              + ". A region is stretched over its picture, so a small one will do.");
    }
    PixelMap pixels = file.decodeAnySize().over(0);
    BufferedImage grey =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < pixels.height(); y++) {
      for (int x = 0; x < pixels.width(); x++) {
        int sum = 0;
        for (int channel = 0; channel < pixels.channels(); channel++) {
          sum += pixels.at(x, y, channel);
        }
        grey.getRaster().setSample(x, y, 0, (sum + pixels.channels() / 2) / pixels.channels());
      }
    }
    return grey;
  }

  /** Answers a request that brings a region. */
  HttpAnswer post(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("png"));
    JsonObject json = new JsonObject();
    json.addProperty("id", add("png", SentPng.of(fields, "png")));
    return HttpAnswer.json(json.toString());
  }

  /** Answers a region's picture. */
  HttpAnswer picture(HttpRequest request) throws IOException {
    String id = request.query("id").orElse("");
    if (!has(id)) {
      throw new HttpProblem(404, "There is no region '" + id + "'.");
    }
    return HttpAnswer.bytes("image/png", bytes(id))
        .header("cache-control", "private, max-age=604800, immutable");
  }
}
