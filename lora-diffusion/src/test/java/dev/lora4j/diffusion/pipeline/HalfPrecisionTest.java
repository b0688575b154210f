package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.TinyAdapters;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far a picture in BF16 is from that in F32, by route; docs/dev/benchmarks.md states it. */
class HalfPrecisionTest {
  private static final Set<String> KINDS =
      Set.of("kohya", "diffusers", "three", "loha", "lokr", "dora");

  @ParameterizedTest
  @CsvSource({"sd, 0.06", "xl, 0.05"})
  void halfPrecisionErrorIsWithinItsBound(String base, double bound) {
    Path folder = base.equals("sd") ? TinySd.FOLDER : TinyXl.FOLDER;
    try (TinyAdapters tiny = new TinyAdapters();
        Lora4j lora = Lora4j.open();
        StableDiffusion full = StableDiffusion.open(lora, folder, LoadOptions.in(DType.F32));
        StableDiffusion half = StableDiffusion.open(lora, folder, LoadOptions.in(DType.BF16))) {
      Prompt plain = tiny.prompt(base);
      float[] start = tiny.floats(base + ".start");
      StringBuilder errors = new StringBuilder();
      double alone =
          MadeLatents.error(MadeLatents.of(full, plain, start), MadeLatents.of(half, plain, start));
      double worst = alone;
      errors.append(String.format(Locale.ROOT, "without adapters %.4f", alone));
      for (TinyAdapters.Case made : tiny.cases()) {
        if (made.base().equals(base) && KINDS.contains(made.name().substring(3))) {
          float[] expected =
              MadeLatents.of(full, plain.mix(made.plan(full).route(Route.MERGED)), start);
          for (Route route : new Route[] {Route.MERGED, Route.UNMERGED}) {
            float[] found = MadeLatents.of(half, plain.mix(made.plan(half).route(route)), start);
            double error = MadeLatents.error(expected, found);
            worst = Math.max(worst, error);
            errors.append(String.format(Locale.ROOT, "%n%s %s %.4f", made, route, error));
          }
        }
      }
      assertTrue(worst <= bound, errors.toString());
    }
  }
}
