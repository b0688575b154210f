package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RenamedKeysTest {
  @Test
  void earlierNamesAreUnderstoodWithANote() {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.set("out", "a.safetensors", "run.toml, line 1");
    layers.set("optimizer.rate", 0.5, "run.toml, line 2");
    layers.setText("precision", "bf16", "--set");
    RunValues values = layers.values();
    assertEquals(Optional.of("a.safetensors"), values.find(RunKeys.OUT));
    assertEquals(0.5, values.get(OptimizerKeys.RATE));
    assertEquals("bf16", values.get(RunKeys.PRECISION));
    assertEquals(
        List.of(
            "run.toml, line 1: out is called output now; both are understood.",
            "run.toml, line 2: optimizer.rate is called optimizer.lr now; both are understood.",
            "--set: precision is called compute now; both are understood."),
        layers.notes());
  }

  @Test
  void earlierNamesLeadToKeys() {
    for (String name : RenamedKeys.NOW.keySet()) {
      String now = RenamedKeys.now(name);
      boolean base = BaseKeys.ALL.stream().anyMatch(key -> key.name().equals(now));
      assertTrue(base || SettingLayers.key(now).isPresent(), name + " leads to " + now);
    }
  }

  @Test
  void currentKeysCauseNoNote() {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.set("output", "a.safetensors", "run.toml, line 1");
    layers.set("dtype", "f32", "run.toml, line 2");
    layers.values();
    assertEquals(List.of(), layers.notes());
  }
}
