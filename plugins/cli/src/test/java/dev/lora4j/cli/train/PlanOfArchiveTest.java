package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanOfArchiveTest {
  @TempDir private Path folder;

  private Run plan(Path images, Object... more) {
    Object[] words =
        Stream.concat(
                Stream.of(
                    "plan",
                    "--images=" + images,
                    "--out=" + folder.resolve("a.safetensors"),
                    Run.BASE,
                    "--compute=f32",
                    "--batch=2",
                    "--steps=10"),
                Stream.of(more))
            .toArray();
    return Run.of(words);
  }

  private Path packed() throws IOException {
    Path pictures = folder.resolve("balls");
    Run.pictures(pictures);
    Path shard = folder.resolve("balls.tar");
    try (OutputStream out = Files.newOutputStream(shard);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
        Stream<Path> files = Files.list(pictures)) {
      for (Path file : files.sorted().toList()) {
        tar.putArchiveEntry(new TarArchiveEntry(file.toFile(), file.getFileName().toString()));
        Files.copy(file, tar);
        tar.closeArchiveEntry();
      }
    }
    return shard;
  }

  @Test
  void tarIsUnpackedOnceAndPlannedAsItsFolder() throws IOException {
    Path shard = packed();
    Run first = plan(shard);
    assertEquals(0, first.code(), first.err());
    assertTrue(first.err().contains("4 pictures of " + shard + " unpacked to "), first.err());
    List<String> progress =
        first.err().lines().filter(line -> line.startsWith("unpacking balls.tar: MB ")).toList();
    assertEquals(1, progress.size(), "a line every few seconds: " + progress);
    Run second = plan(shard);
    assertTrue(second.err().contains("nothing is unpacked again"), second.err());
    List<String> planned = lines(second);
    assertEquals(lines(plan(folder.resolve("balls"))), planned);
    assertEquals(4, planned.size());
  }

  private static List<String> lines(Run run) {
    return run.out().lines().filter(line -> line.contains("40x32   ->")).toList();
  }

  @Test
  void damagedTarIsNamedWithItsMember() throws IOException {
    byte[] whole = Files.readAllBytes(packed());
    Path cut = Files.write(folder.resolve("cut.tar"), java.util.Arrays.copyOf(whole, 600));
    Run run = plan(cut);
    assertNotEquals(0, run.code());
    String all = run.out() + run.err();
    assertTrue(all.contains("cut.tar is cut off or damaged in the member 'ball-0.png'"), all);
  }

  @Test
  void parquetWithoutThePluginNamesIt() throws IOException {
    Path file = Files.write(folder.resolve("train.parquet"), new byte[8]);
    Run run = plan(file);
    assertNotEquals(0, run.code());
    String all = run.out() + run.err();
    assertTrue(all.contains("It comes with lora4j-parquet"), all);
  }

  @Test
  void columnsOfATarAreRefused() throws IOException {
    Run run = plan(packed(), "--set=data.image_column=photo");
    assertNotEquals(0, run.code());
    String all = run.out() + run.err();
    assertTrue(all.contains("remove image_column and caption_column"), all);
  }
}
