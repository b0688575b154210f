package dev.lora4j.bench.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OurTrainingTest {
  @TempDir private Path folder;

  private double[] computed(Engine engine, boolean checkpointing) {
    TrainingSetting setting = OurTraining.bundled(2, folder).checkpointing(checkpointing);
    try (OurTraining training = new OurTraining(Optional.empty(), engine, setting)) {
      assertTrue(training.name().contains(checkpointing ? "with " : "without "));
      return training.check();
    }
  }

  @Test
  void checkpointingKeepsLossesAndPeersGetInputs() {
    try (Engine engine = Engine.open()) {
      double[] plain = computed(engine, false);
      assertArrayEquals(plain, computed(engine, true));
      assertEquals(2 * TrainingInputs.COMPARED, plain.length);
      for (double value : plain) {
        assertTrue(value > 0 && Double.isFinite(value), "loss or norm " + value);
      }
    }
    try (TensorStore store = TensorStore.open(OurTraining.bundled(2, folder).inputs())) {
      String layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0.";
      Shape down = store.tensors().get(layer + "down").shape();
      Shape up = store.tensors().get(layer + "up").shape();
      assertEquals(Shape.of(16, up.size(0)), down);
      Shape latents = store.tensors().get("latents").shape();
      assertEquals(Shape.of(2, 16, OurTraining.EMOJI_SIDE, OurTraining.EMOJI_SIDE), latents);
      for (int i = 0; i < TrainingInputs.COMPARED; i++) {
        assertEquals(latents, store.tensors().get("noise" + i).shape());
        assertEquals(Shape.of(2), store.tensors().get("timesteps" + i).shape());
      }
      assertTrue(store.tensors().values().stream().allMatch(t -> t.dtype() == DType.F32));
    }
  }

  @Test
  void aSettingTravelsAsText() {
    TrainingSetting setting = OurTraining.bundled(8, folder);
    assertEquals(setting, TrainingSetting.of(setting.text()));
    TrainingSetting other = setting.in(DType.BF16).checkpointing(true);
    assertEquals(other, TrainingSetting.of(other.text()));
  }
}
