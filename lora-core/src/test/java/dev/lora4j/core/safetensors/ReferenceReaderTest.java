package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files before both readers: ours opens nothing that the reference refuses, and refuses
 * what the reference opens only where it is meant to be stricter. Needs {@code -Dlora4j.python=}
 * with the packages of {@code src/test/golden/requirements-safetensors.txt}.
 */
@Tag("python")
class ReferenceReaderTest {
  private static final Set<Kind> STRICTER =
      EnumSet.of(
          Kind.DUPLICATE_NAME,
          Kind.BAD_NAME,
          Kind.EXTRA_FIELD,
          Kind.LEADING_WHITESPACE,
          Kind.TOO_MANY_DIMENSIONS,
          Kind.BAD_SIZE);

  @TempDir Path folder;

  @Test
  void readerAcceptsNothingTheReferenceRefuses() throws IOException, InterruptedException {
    int count = Integer.getInteger("lora4j.mutants", 100_000);
    long seed = Long.getLong("lora4j.seed", 7);
    Path files = folder.resolve("files");
    Mutants mutants = new Mutants(seed);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(files)))) {
      for (int i = 0; i < count; i++) {
        byte[] file = mutants.next();
        out.writeInt(file.length);
        out.write(file);
      }
    }
    List<String> verdicts = judge(files);
    assertEquals(count, verdicts.size());
    mutants = new Mutants(seed);
    int opened = 0;
    for (String theirs : verdicts) {
      byte[] file = mutants.next();
      boolean accepted = theirs.equals("accepted");
      try {
        new HeaderReader(new Inspection(Path.of("mutant"), Set.of()), new TestFiles.InMemory(file))
            .read();
        opened++;
        assertTrue(accepted, theirs + " but opened here");
      } catch (SafetensorsException ours) {
        assertTrue(!accepted || STRICTER.contains(ours.kind()), ours.getMessage());
      }
    }
    assertTrue(opened > count / 100, "too few sound files: " + opened);
  }

  private List<String> judge(Path files) throws IOException, InterruptedException {
    Path verdicts = folder.resolve("verdicts");
    Process python =
        new ProcessBuilder(
                System.getProperty("lora4j.python", "python3"),
                "src/test/golden/safetensors_judge.py")
            .redirectInput(files.toFile())
            .redirectOutput(verdicts.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(0, python.waitFor());
    return Files.readAllLines(verdicts);
  }
}
