package dev.lora4j.diffusion.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EarlierKeysTest {
  @Test
  void earlierNamesAreUnderstoodWithANote() {
    Layers layers = new Layers();
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
  void namesOfNowNeedNoNote() {
    Layers layers = new Layers();
    layers.set("output", "a.safetensors", "run.toml, line 1");
    layers.set("dtype", "f32", "run.toml, line 2");
    layers.values();
    assertEquals(List.of(), layers.notes());
  }
}
