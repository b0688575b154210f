package dev.lora4j.diffusion.dataset.image;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.RegularFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A picture file in memory: PNG, JPEG, WebP, GIF (its first frame) or BMP, whatever its name says.
 * Every problem of it is a {@link PictureFileException}, before pixels are unpacked where that is
 * possible.
 */
public final class PictureFile {
  /** Endings of the files that count as pictures, in lower case. */
  public static final Set<String> ENDINGS =
      Set.of("png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp");

  /** Endings of pictures that nothing here reads. */
  private static final Set<String> UNREAD =
      Set.of("tif", "tiff", "avif", "heic", "heif", "jxl", "jp2", "psd", "svg", "tga", "exr");

  /**
   * Most pixels that are unpacked, the number where Pillow begins to warn of decompression bombs: a
   * small file may declare any size.
   */
  public static final long MOST_PIXELS = 89_478_485;

  /** Least width and height: one place of the latents of Stable Diffusion. */
  public static final int LEAST_SIDE = 8;

  /** Most bytes of a file. */
  public static final long MOST_BYTES = 1L << 29;

  private final byte[] bytes;
  private final Container container;

  private PictureFile(byte[] bytes) {
    this.bytes = bytes;
    this.container = Container.of(bytes);
  }

  /** True if a file has the name of a picture and is not hidden. */
  public static boolean named(Path file) {
    return ends(file, ENDINGS);
  }

  /** True if a file has the name of a picture in a format that is not read. */
  public static boolean unread(Path file) {
    return ends(file, UNREAD);
  }

  private static boolean ends(Path file, Set<String> endings) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && endings.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /**
   * Reads a file's bytes.
   *
   * @throws PictureFileException if that is impossible
   */
  public static PictureFile read(Path file) {
    if (!Files.exists(file)) {
      throw new PictureFileException("does not exist.");
    }
    try {
      long size = RegularFile.require(file);
      if (size > MOST_BYTES) {
        throw new PictureFileException(
            "is a file of " + size + " bytes; pictures may have up to " + MOST_BYTES + ".");
      }
      if (size == 0) {
        throw new PictureFileException("is an empty file; copy it again or remove it.");
      }
      // A stream of a channel would be closed by an interrupt.
      try (InputStream in = new FileInputStream(file.toFile())) {
        return new PictureFile(in.readNBytes((int) MOST_BYTES));
      }
    } catch (IOException e) {
      throw new PictureFileException("cannot be read (" + e.getMessage() + ").", e);
    }
  }

  /** The file with these bytes, which are not copied. */
  public static PictureFile of(byte[] bytes) {
    return new PictureFile(bytes);
  }

  /** The usual ending of such a file, by its first bytes; empty if this is no picture. */
  public Optional<String> ending() {
    return switch (container) {
      case OTHER -> Optional.empty();
      case JPEG -> Optional.of("jpg");
      default -> Optional.of(container.name().toLowerCase(Locale.ROOT));
    };
  }

  /** SHA-256 of the bytes, in hexadecimal. */
  public String sha256() {
    MessageDigest digest = Digests.sha256();
    digest.update(bytes);
    return Digests.hex(digest);
  }

  /**
   * Size and orientation, without unpacking pixels.
   *
   * @throws PictureFileException if this is no picture, is cut off, declares more than {@link
   *     #MOST_PIXELS}, declares several sizes, or is smaller than {@link #LEAST_SIDE}
   */
  public PictureHeader header() {
    return header(LEAST_SIDE);
  }

  private PictureHeader header(int least) {
    container
        .oddity(bytes)
        .ifPresent(
            sentence -> {
              throw new PictureFileException(sentence + " It is damaged, or made to do harm.");
            });
    int[] size = reading(reader -> new int[] {reader.getWidth(0), reader.getHeight(0)});
    String sides = size[0] + "x" + size[1] + " pixels";
    if ((long) size[0] * size[1] > MOST_PIXELS) {
      throw new PictureFileException(
          "declares "
              + sides
              + ", more than the "
              + MOST_PIXELS
              + " that are unpacked; make it smaller if it is meant.");
    }
    if (size[0] < least || size[1] < least) {
      throw new PictureFileException(
          "has " + sides + "; a side needs at least " + least + ". Remove it.");
    }
    if (!container.whole(bytes)) {
      throw new PictureFileException("is cut off before its end; copy it again or remove it.");
    }
    Orientation turn = container.exif(bytes).map(Exif::orientation).orElse(Orientation.UPRIGHT);
    return turn.swapsSides()
        ? new PictureHeader(size[1], size[0], turn)
        : new PictureHeader(size[0], size[1], turn);
  }

  /**
   * The pixels as they are to be looked at: red, green, blue, and alpha if the file has it.
   *
   * @throws PictureFileException as {@link #header}, and if the pixels are damaged
   */
  public PixelMap decode() {
    return decode(remark -> {});
  }

  /**
   * The pixels, as {@link #decode()}.
   *
   * @param remarks receives oddities of a usable file, sentences that follow its name
   */
  public PixelMap decode(Consumer<String> remarks) {
    Orientation turn = header().orientation();
    return turn.upright(Samples.of(stored(remarks)));
  }

  /**
   * The pixels, as {@link #decode()}, also of a picture of fewer than {@link #LEAST_SIDE} rows or
   * columns: a mask for two halves needs two pixels.
   */
  public PixelMap decodeAnySize() {
    Orientation turn = header(1).orientation();
    return turn.upright(Samples.of(stored(remark -> {})));
  }

  /**
   * The image as the platform's decoder gives it: in whatever type, and not turned upright.
   *
   * @throws PictureFileException as {@link #decode()}
   */
  public BufferedImage stored() {
    header();
    return stored(remark -> {});
  }

  private BufferedImage stored(Consumer<String> remarks) {
    List<String> warnings = new ArrayList<>();
    BufferedImage image =
        reading(
            reader -> {
              reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
              return reader.read(0);
            });
    for (String warning : warnings) {
      if (warning.contains("extraneous bytes")) {
        // What stands between two parts is passed over by all readers, and no pixel is missing.
        remarks.accept("has bytes that belong to nothing (" + warning + ").");
      } else if (warning.contains("Premature") || warning.contains("Corrupt")) {
        // The Java platform's JPEG reader fills what is missing with gray and only warns.
        throw new PictureFileException("is damaged (" + warning + "); copy it again or remove it.");
      }
    }
    return image;
  }

  /** Work with an open reader of images. */
  private interface Use<T> {
    T of(ImageReader reader) throws IOException;
  }

  private <T> T reading(Use<T> use) {
    byte[] needed = container.pixels(bytes);
    // In memory, as the platform's other streams need a folder for temporary files.
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(needed))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (container == Container.OTHER || !readers.hasNext()) {
        throw new PictureFileException(
            "is no picture that can be read; expected png, jpeg, webp, gif or bmp.");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        return use.of(reader);
      } finally {
        reader.dispose();
      }
    } catch (PictureFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Decoders meet damaged data with any exception of theirs.
      String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new PictureFileException("is damaged (" + cause + "); copy it again or remove it.", e);
    } catch (OutOfMemoryError e) {
      // Of one array for all pixels, so that there is memory for everything else.
      throw new PictureFileException(
          "needs more memory than Java has; make it smaller, or allow Java more by -Xmx.", e);
    }
  }
}
