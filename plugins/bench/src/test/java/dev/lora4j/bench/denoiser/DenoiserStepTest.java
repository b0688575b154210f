package dev.lora4j.bench.denoiser;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.bench.RandomAdapter;
import dev.lora4j.bench.denoiser.StepSetting.Route;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.emoji.EmojiSd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenoiserStepTest {
  @TempDir private Path folder;

  private static StepSetting small() {
    return StepSetting.plain(EmojiSd.folder(), DType.F32, 2, DenoiserStep.EMOJI_SIDE);
  }

  private static double[] computed(Engine engine, StepSetting setting) {
    try (OurStep step = new OurStep(Optional.empty(), engine, setting)) {
      return step.check();
    }
  }

  private List<Path> adapters(Engine engine, int count) {
    List<Path> files = new ArrayList<>();
    try (Scope scope = engine.scope("test")) {
      LoadedDenoiser base = LoadedDenoiser.of(scope, EmojiSd.folder(), DType.F32);
      for (int i = 0; i < count; i++) {
        Path file = folder.resolve("adapter" + i + ".safetensors");
        files.add(
            RandomAdapter.write(engine, file, base.family(), StepAdapters.sites(base), 16, i));
      }
    }
    return files;
  }

  @Test
  void mergedEqualsUnmergedAndDiffersFromTheBase() {
    try (Engine engine = Engine.open()) {
      double[] plain = computed(engine, small());
      List<Path> files = adapters(engine, 2);
      double[] inside = computed(engine, small().with(Route.MERGED, files));
      double[] beside = computed(engine, small().with(Route.UNMERGED, files));
      double scale = 0;
      double change = 0;
      for (int i = 0; i < plain.length; i++) {
        scale = Math.max(scale, Math.abs(plain[i]));
        change = Math.max(change, Math.abs(plain[i] - inside[i]));
      }
      assertTrue(change > 0.01 * scale, "the adapters are seen: " + change + " of " + scale);
      assertArrayEquals(inside, beside, 1e-4 * scale);
    }
  }

  /** Else it would be measured what does not happen. */
  @Test
  void scheduledWeightsChangeTheOutputBetweenSteps() {
    try (Engine engine = Engine.open()) {
      StepSetting setting = small().with(Route.SCHEDULED, adapters(engine, 1));
      try (OurStep step = new OurStep(Optional.empty(), engine, setting)) {
        double[] first = step.check();
        double[] second = step.check();
        assertFalse(Arrays.equals(first, second));
      }
    }
  }

  @Test
  void aSettingTravelsAsText() {
    StepSetting setting =
        small().with(Route.UNMERGED, List.of(folder.resolve("a"), folder.resolve("b")));
    assertEquals(setting, StepSetting.of(setting.text()));
    assertEquals(small(), StepSetting.of(small().text()));
  }

  /** One layer counted by hand is what the count grows by when it gets factors. */
  @Test
  void theArithmeticOfFactorsIsCounted() {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      LoadedDenoiser base = LoadedDenoiser.of(scope, EmojiSd.folder(), DType.F32);
      Site query =
          base.sites()
              .find("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q")
              .orElseThrow();
      DenoiserWork none = DenoiserWork.of(base, small(), List.of(), 16);
      DenoiserWork one = DenoiserWork.of(base, small(), List.of(query), 16);
      assertEquals(0, none.adapters());
      assertEquals(none.base(), one.base());
      double rows = 2 * DenoiserStep.EMOJI_SIDE * DenoiserStep.EMOJI_SIDE;
      assertEquals(2 * rows * 16 * (query.in() + query.out()), one.adapters());
      // More than each weight used once for each place of the smallest feature map.
      double weights =
          base.sites().all().stream()
              .filter(s -> s.name().startsWith("unet.") && s.kind() != Site.Kind.NORM)
              .mapToDouble(s -> s.weight().elements())
              .sum();
      assertTrue(none.base() > 2 * weights);
    }
  }
}
