package dev.lora4j.diffusion.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.diffusion.request.Prompt;
import java.util.HashMap;
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
