package dev.lora4j.core;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.peft.PeftKind;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.spi.InstalledContract;
import org.junit.jupiter.api.Test;

/** The extensions of this library keep what all extensions promise. */
class ExtensionPointsTest {
  @Test
  void methods() {
    InstalledContract.check(AdapterMethod.class);
  }

  @Test
  void methodsToTrain() {
    InstalledContract.check(TrainableMethod.class);
  }

  @Test
  void dialects() {
    InstalledContract.check(AdapterFormat.class);
  }

  @Test
  void layouts() {
    InstalledContract.check(AdapterWriter.class);
  }

  @Test
  void peftTypes() {
    InstalledContract.check(PeftKind.class);
  }

  @Test
  void optimizers() {
    InstalledContract.check(Optimizer.class);
  }

  @Test
  void decays() {
    InstalledContract.check(Decay.class);
  }
}
