package dev.lora4j.diffusion.dataset.archive;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.spi.Extension;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * A tar in the convention of WebDataset: {@code fox.jpg} and {@code fox.txt} are a picture and its
 * caption. Captions are in {@code .txt}, else {@code .caption}, else in the {@code .json} that
 * img2dataset writes, in whatever order they come.
 */
@Extension(
    point = PictureArchive.class,
    name = "webdataset",
    help = "A tar with a picture and a caption of one name each, as WebDataset has it")
public record WebDatasetArchive() implements PictureArchive {
  private static final int MOST_TEXT = 1 << 20;

  /** Blocks of one record, so that the reader looks for no padding behind the end. */
  private static final int RECORD = 512;

  /** Ordinary files, as all tars since 1979 have them. */
  private static final Set<Byte> FILES =
      Set.of(TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG);

  /** Captions, the best last. */
  private enum Text {
    JSON,
    CAPTION,
    TXT
  }

  @Override
  public List<String> endings() {
    return List.of(".tar", ".tar.gz", ".tgz");
  }

  @Override
  public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
    try (TarBytes bytes = TarBytes.of(shard);
        TarArchiveInputStream tar = new TarArchiveInputStream(bytes, RECORD, "UTF-8")) {
      Map<String, Set<Text>> texts = new HashMap<>();
      TarArchiveEntry entry = next(tar);
      while (entry != null) {
        MemberName name = MemberName.of(entry.getName());
        requireFile(entry);
        if (!entry.isDirectory()) {
          member(entry, name, new MemberContent(entry.getName(), tar), texts, to);
        }
        entry = next(tar);
      }
      bytes.requireEnd();
    } catch (EOFException e) {
      // What gzip says of a file that ends too early.
      throw new ArchiveException("is cut off (" + e.getMessage() + ").");
    }
  }

  private static TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
    try {
      return tar.getNextEntry();
    } catch (ArchiveException | EOFException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new ArchiveException("is cut off, damaged, or no tar (" + e.getMessage() + ").");
    }
  }

  private static void requireFile(TarArchiveEntry entry) throws ArchiveException {
    String kind =
        entry.isSymbolicLink() || entry.isLink()
            ? "a link"
            : entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()
                ? "a device or a pipe"
                : entry.isSparse() ? "a sparse file" : "";
    if (!kind.isEmpty() || !(FILES.contains(entry.getLinkFlag()) || entry.isDirectory())) {
      throw new ArchiveException(
          "has the member '"
              + entry.getName()
              + "', which is "
              + (kind.isEmpty() ? "of an unknown kind" : kind)
              + "; expected ordinary files. Nothing of it is unpacked.");
    }
  }

  private static void member(
      TarArchiveEntry entry,
      MemberName name,
      InputStream content,
      Map<String, Set<Text>> texts,
      Members to)
      throws IOException {
    if (name.hidden()) {
      to.unused("hidden files");
    } else if (PictureFile.ENDINGS.contains(name.kind())) {
      requireSize(entry, PictureFile.MOST_BYTES);
      to.picture(name.key(), name.kind(), content);
    } else if (name.kind().equals("txt")) {
      text(entry, name, Text.TXT, Optional.of(text(entry, content)), texts, to);
    } else if (name.kind().equals("caption")) {
      text(entry, name, Text.CAPTION, Optional.of(text(entry, content)), texts, to);
    } else if (name.kind().equals("json")) {
      Optional<String> said = JsonCaption.of(entry.getName(), text(entry, content));
      text(entry, name, Text.JSON, said, texts, to);
    } else {
      to.unused(name.kind().isEmpty() ? "no ending" : "." + name.kind());
    }
  }

  private static void text(
      TarArchiveEntry entry,
      MemberName name,
      Text kind,
      Optional<String> said,
      Map<String, Set<Text>> texts,
      Members to)
      throws IOException {
    Set<Text> earlier = texts.computeIfAbsent(name.key(), k -> EnumSet.noneOf(Text.class));
    boolean best = earlier.stream().allMatch(other -> other.compareTo(kind) < 0);
    if (said.isEmpty()) {
      to.unused(".json without a caption");
    } else if (!earlier.add(kind)) {
      throw new ArchiveException(
          "has the member '" + entry.getName() + "' a second time; remove one.");
    } else if (best) {
      to.caption(name.key(), said.get());
    }
  }

  private static String text(TarArchiveEntry entry, InputStream content) throws IOException {
    requireSize(entry, MOST_TEXT);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content.readNBytes(MOST_TEXT)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ArchiveException(
          "has the member '" + entry.getName() + "', which is not UTF-8 text; save it as UTF-8.");
    }
  }

  private static void requireSize(TarArchiveEntry entry, long most) throws ArchiveException {
    if (entry.getSize() > most) {
      throw new ArchiveException(
          "has the member '"
              + entry.getName()
              + "' of "
              + entry.getSize()
              + " bytes; expected at most "
              + most
              + ".");
    }
  }
}
