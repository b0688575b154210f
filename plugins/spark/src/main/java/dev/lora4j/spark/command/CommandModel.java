package dev.lora4j.spark.command;

import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.spark.BasePlace;
import dev.lora4j.spark.ExecutorModel;
import dev.lora4j.spark.FetchedPlaces;
import java.util.List;
import java.util.Optional;

/**
 * The base that the options of a command name, as every machine opens it.
 *
 * @param words of a command line, with the type that is computed in
 * @param where text of the device
 * @param address that every machine copies the base from; empty for a path of the words
 */
record CommandModel(List<String> words, String where, String address) implements ExecutorModel {
  CommandModel {
    words = List.copyOf(words);
  }

  @Override
  public StableDiffusion open(Lora4j lora) {
    ModelOptions options = ModelOptions.of(words);
    if (!address.isEmpty()) {
      options.base = Optional.of(BasePlace.of(address).local());
    }
    return OpenModel.open(lora, options);
  }

  /** A base that was opened here, by words that may name a copy of this machine. */
  static CommandModel of(List<String> words, String where) {
    String address = ModelOptions.of(words).base.flatMap(FetchedPlaces.ofUser()::origin).orElse("");
    return new CommandModel(words, where, address);
  }

  @Override
  public Device device() {
    return Device.named(where);
  }
}
