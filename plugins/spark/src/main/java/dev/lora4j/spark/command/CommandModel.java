package dev.lora4j.spark.command;

import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.spark.ExecutorModel;
import java.util.List;

/**
 * The base that the options of a command name, as every machine opens it.
 *
 * @param words of a command line, with the type that is computed in
 * @param where text of the device
 */
record CommandModel(List<String> words, String where) implements ExecutorModel {
  CommandModel {
    words = List.copyOf(words);
  }

  @Override
  public StableDiffusion open(Lora4j lora) {
    return OpenModel.open(lora, ModelOptions.of(words));
  }

  @Override
  public Device device() {
    return Device.named(where);
  }
}
