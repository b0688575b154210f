package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterOutput.Written;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.nn.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract of {@link AdapterWriter}, a layout of files. Its files are read by the dialects that are
 * installed, so a layout of its own brings its {@link dev.lora4j.core.format.AdapterFormat} with
 * it.
 */
public abstract class AdapterWriterContract extends ExtensionContract<AdapterWriter> {
  private static final Family BASE =
      Family.of("a base of three layers", new SiteCatalogue(SyntheticAdapters.SITES));
  private static final int ADAPTERS = 12;

  @TempDir private Path folder = Path.of("");

  /** Tests a layout on the class path, see {@link ExtensionContract}. */
  protected AdapterWriterContract(String name) {
    super(AdapterWriter.class, name);
  }

  private static Adapter lora(long seed, int rank) {
    List<Site> plain = SyntheticAdapters.SITES.stream().filter(site -> !site.bias()).toList();
    return new SyntheticAdapters(seed).next("lora", plain, rank, 1);
  }

  private Written write(Adapter adapter, Path path) {
    return AdapterOutput.write(adapter, BASE, extension(), WriteOptions.EXACT, path);
  }

  /** Reads a file, whatever policies are installed. */
  private static Examination read(Path file) {
    return AdapterFiles.examine(file, BASE, ReadOptions.STRICT);
  }

  private Path path(int number) {
    return folder.resolve(number + (extension().folder() ? "" : ".safetensors"));
  }

  @Test
  void writtenAdapterReadsBackTheSame() {
    for (int rank = 1; rank <= 4; rank++) {
      Adapter adapter = lora(rank, rank);
      write(adapter, path(rank));
      Adapter read = read(path(rank)).adapter().orElseThrow();
      assertEquals(adapter.sites(), read.sites(), "of rank " + rank);
      assertEquals(adapter.identity(), read.identity(), "of rank " + rank);
    }
  }

  @Test
  void everyKeyThatIsWrittenIsUsed() {
    Written written = write(lora(1, 2), path(0));
    Examination read = read(written.path());
    assertTrue(read.account().ignored().isEmpty(), read.account().ignored().toString());
    assertFalse(read.account().nothing());
  }

  @Test
  void theSameAdapterGivesTheSameFiles() throws Exception {
    AdapterWriter layout = extension();
    Adapter adapter = lora(5, 3);
    ManyThreads.agree(
        () -> {
          List<Object> said = new ArrayList<>();
          for (LayoutFile file : layout.lay(new WriteRequest(adapter, BASE, false)).files()) {
            said.addAll(List.of(file.path(), file.tensors(), file.beside()));
            said.add(file.metadata().entries());
          }
          return said;
        });
  }

  @Test
  void anyAdapterIsWrittenOrRefusedByName() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < ADAPTERS; i++) {
      Adapter adapter = new SyntheticAdapters(random.nextLong()).any("any");
      try {
        Written written = write(adapter, path(i));
        if (written.changes().isEmpty()) {
          assertEquals(
              adapter.identity(), read(path(i)).adapter().map(Adapter::identity).orElse("none"));
        }
      } catch (AdapterException e) {
        assertFalse(Files.exists(path(i)), "what is refused leaves a file");
        String told = String.valueOf(e.getMessage());
        assertTrue(adapter.sites().keySet().stream().anyMatch(told::contains), told);
      }
    }
  }
}
