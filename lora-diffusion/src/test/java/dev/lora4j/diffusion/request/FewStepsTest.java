package dev.lora4j.diffusion.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of adapters for few steps. */
class FewStepsTest {
  @Test
  void headerSaysWhatWasWritten() {
    FewSteps tcd = new FewSteps("tcd", 8, 1.5);
    Map<String, String> header = tcd.metadata().entries();
    assertEquals(Optional.of(tcd), FewSteps.of(header));
    assertEquals("sampler tcd, 8 steps, guidance 1.5", header.get("modelspec.usage_hint"));
    assertEquals("sampler lcm, 4 steps, guidance 1", FewSteps.LCM.text());
  }

  @Test
  void promptGetsSamplerStepsAndGuidance() {
    Prompt prompt = FewSteps.LCM.apply(Prompt.of("a fox").seed(3));
    assertEquals(Prompt.of("a fox").seed(3).sampler("lcm").steps(4).guidance(1), prompt);
    assertEquals(OptionalDouble.of(1), prompt.guidance());
  }

  @Test
  void whatAPromptNamesIsKept() {
    Prompt fox = Prompt.of("a fox");
    assertEquals(FewSteps.LCM.apply(fox), FewSteps.LCM.complete(fox));
    assertEquals(fox.sampler("lcm").steps(20).guidance(1), FewSteps.LCM.complete(fox.steps(20)));
    assertEquals(
        fox.sampler("euler").steps(4).guidance(5),
        FewSteps.LCM.complete(fox.sampler("euler").guidance(5)));
  }

  private static Adapter adapter(String name, Map<String, String> header) {
    HostTensor down = HostTensor.of(Shape.of(1, 2), new float[2]);
    HostTensor up = HostTensor.of(Shape.of(3, 1), new float[3]);
    return new Adapter(name, Map.of("unet.x", List.of(LoraMath.factors(down, up, 1))), header);
  }

  @Test
  void firstAdapterOfAPlanThatTakesPartDecides() {
    Adapter plain = adapter("plain", Map.of());
    Adapter fast = adapter("fast", FewSteps.LCM.metadata().entries());
    FewSteps tcd = new FewSteps("tcd", 8, 1.5);
    Adapter other = adapter("other", tcd.metadata().entries());
    MixPlan mix = MixPlan.of(plain, 1).with(fast, 0);
    assertEquals(Optional.empty(), FewSteps.of(mix));
    assertEquals(Optional.of(tcd), FewSteps.of(mix.with(other, 0.1).with(fast, 1)));
    assertEquals(
        Optional.of(FewSteps.LCM), FewSteps.of(MixPlan.of(fast, Weight.steps(0.5, 1, -1))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora4j_sampler=none such",
        "lora4j_sampler=",
        "lora4j_steps=0",
        "lora4j_steps=4.5",
        "lora4j_steps=99999999999",
        "lora4j_guidance=-1",
        "lora4j_guidance=NaN",
        "lora4j_guidance=1e9"
      })
  void impossibleHeadersCountAsNone(String entry) {
    Map<String, String> header = new HashMap<>(FewSteps.LCM.metadata().entries());
    header.put(entry.substring(0, entry.indexOf('=')), entry.substring(entry.indexOf('=') + 1));
    assertEquals(Optional.empty(), FewSteps.of(header));
    assertEquals(Optional.empty(), FewSteps.of(Map.of("ss_steps", "4")));
  }
}
