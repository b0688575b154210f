package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.AdapterMaker;
import dev.lora4j.core.format.reading.AdapterPolicy;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy knows who wants to use a file. */
class PolicyTest {
  private static final Site SITE =
      Families.named("sd15").sites().find("unet.mid_block.attentions.0.proj_in").orElseThrow();

  @TempDir Path folder;

  /** Keeps one user away, whom no other test has. */
  @Extension(point = AdapterPolicy.class, name = "test-user", help = "Keeps one user away")
  public record KeepsAway() implements AdapterPolicy {
    @Override
    public Optional<String> refusal(Use adapter) {
      return adapter.user().equals("test-stranger")
          ? Optional.of("it is not for " + adapter.user() + ".")
          : Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void policyDecidesForTheUserOfTheOptions(boolean partial) {
    String layer = "lora_" + SITE.name().replace('.', '_');
    Path file = new AdapterMaker().kohya(layer, SITE, 2).write(folder.resolve("a.safetensors"));
    ReadOptions stranger = new ReadOptions(partial).by("test-stranger");
    assertEquals(partial, stranger.allowPartial());
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, stranger));
    String told = String.valueOf(refused.getMessage());
    assertTrue(told.contains("The policy test-user does not permit"), told);
    assertTrue(told.contains("it is not for test-stranger."), told);
    ReadOptions friend = new ReadOptions(partial).by("test-friend");
    assertFalse(AdapterFiles.read(file, friend).adapter().sites().isEmpty());
  }

  @Test
  void defaultUserIsThatOfTheProcess() {
    String user = System.getProperty("user.name");
    for (ReadOptions options : List.of(ReadOptions.STRICT, ReadOptions.PARTIAL)) {
      assertEquals(user, options.user());
    }
  }
}
