package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checkpoints that were written before are known again. */
class CheckpointHashTest {
  @Test
  void contentHashIsStable() {
    Map<String, HostTensor> tensors =
        Map.of("a", HostTensor.of(Shape.of(1, 2), 1f, 2f), "b", HostTensor.of(Shape.of(1), 3f));
    assertEquals(
        "7ba33c23df4dec65528bd45fc7e517e04ead2217e56ee7904aeb9ceb04f16af7",
        CheckpointHash.of(tensors, Map.of("step", "7", "best", "0.5")));
  }

  @Test
  void layoutHashIsStable() {
    Parameter down = new Parameter("down", Shape.of(4, 320), Parameter.Init.KAIMING);
    Parameter up = new Parameter("up", Shape.of(320, 4, 1, 1), Parameter.Init.ZEROS);
    assertEquals(
        "553b8143bcd6b0221d40ceba93336bd7439f56cf26045c9abf5fa176daf5c421",
        CheckpointHash.of(FlatLayout.of(List.of(down, up))));
  }
}
