package dev.lora4j.testkit;

import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import dev.lora4j.diffusion.dataset.archive.PictureArchive;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.spi.Extension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Archives of lines, {@code KEY CAPTION} and an {@code END}; all but the first break a promise. */
final class BrokenArchives {
  static final String ENDING = ".lines";

  private BrokenArchives() {}

  static Path written(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("some" + ENDING), "fox a red fox\nboat\nlamp a lamp\nEND\n");
  }

  private static void read(Path shard, boolean strict, PictureArchive.Members to)
      throws IOException {
    read(shard, strict, true, to);
  }

  private static void read(Path shard, boolean strict, boolean captions, PictureArchive.Members to)
      throws IOException {
    List<String> lines = Files.readAllLines(shard);
    if (strict && (lines.isEmpty() || !lines.get(lines.size() - 1).equals("END"))) {
      throw new ArchiveException("is cut off.");
    }
    for (String line : lines) {
      String[] words = line.split(" ", 2);
      if (!words[0].equals("END")) {
        byte[] bytes = words[0].getBytes(StandardCharsets.UTF_8);
        to.picture(words[0], "png", new ByteArrayInputStream(bytes));
        if (captions && words.length > 1) {
          to.caption(words[0], words[1]);
        }
      }
    }
  }

  @Extension(point = PictureArchive.class, name = "test-lines", help = "a line for each picture")
  public record Lines() implements PictureArchive {
    @Override
    public List<String> endings() {
      return List.of(ENDING);
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      BrokenArchives.read(shard, true, to);
    }
  }

  @Extension(point = PictureArchive.class, name = "test-dotless-archive", help = "has no dot")
  public record Dotless() implements PictureArchive {
    @Override
    public List<String> endings() {
      return List.of(ENDING.substring(1));
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      BrokenArchives.read(shard, true, to);
    }
  }

  @Extension(point = PictureArchive.class, name = "test-silent-archive", help = "has no captions")
  public record Silent() implements PictureArchive {
    @Override
    public List<String> endings() {
      return List.of(ENDING);
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      BrokenArchives.read(shard, true, false, to);
    }
  }

  @Extension(
      point = PictureArchive.class,
      name = "test-lenient-archive",
      help = "reads what it can")
  public record Lenient() implements PictureArchive {
    @Override
    public List<String> endings() {
      return List.of(ENDING);
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      BrokenArchives.read(shard, false, to);
    }
  }

  @Extension(point = PictureArchive.class, name = "test-restless-archive", help = "counts")
  public static final class Restless implements PictureArchive {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public List<String> endings() {
      return List.of(ENDING);
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      to.note("was read " + count.incrementAndGet() + " times.");
      BrokenArchives.read(shard, true, to);
    }
  }

  @Extension(point = PictureArchive.class, name = "test-hiding-archive", help = "hides errors")
  public record Hiding() implements PictureArchive {
    @Override
    public List<String> endings() {
      return List.of(ENDING);
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      try {
        BrokenArchives.read(shard, true, to);
      } catch (IOException e) {
        throw new ArchiveException("cannot be read.");
      }
    }
  }

  @Extension(point = PictureArchive.class, name = "test-messy-archive", help = "leaves a note")
  public record Messy() implements PictureArchive {
    @Override
    public List<String> endings() {
      return List.of(ENDING);
    }

    @Override
    public void read(Path shard, ArchiveColumns columns, Members to) throws IOException {
      Files.writeString(shard.resolveSibling("read.note"), "read");
      BrokenArchives.read(shard, true, to);
    }
  }
}
