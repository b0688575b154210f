package dev.lora4j.cli.train;

import dev.lora4j.diffusion.config.StoreAddress;
import dev.lora4j.diffusion.config.StoreFiles;
import dev.lora4j.diffusion.config.TomlFile;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * All that another machine needs to make the trainer of a run, if it sees the same files.
 *
 * @param settings every setting of the run, as TOML, with whole paths
 * @param model words of a command line that open the base, with the type that it computes in
 * @param device text of the device that was asked for
 * @param batches of a step
 */
public record PlacedRun(String settings, List<String> model, String device, int batches)
    implements Serializable {
  /** Copies the list. */
  public PlacedRun {
    model = List.copyOf(model);
  }

  /**
   * The same with the addresses that files of this machine were copied from.
   *
   * @param copies addresses by the whole paths of the copies
   */
  public PlacedRun at(Map<String, String> copies) {
    String text = settings;
    for (Map.Entry<String, String> copy : copies.entrySet()) {
      // Texts of TOML are quoted, and a path is a text of its own.
      text = text.replace(TomlFile.text(copy.getKey()), TomlFile.text(copy.getValue()));
    }
    List<String> words = model.stream().map(word -> copies.getOrDefault(word, word)).toList();
    return new PlacedRun(text, words, device, batches);
  }

  /** The words of the model with paths of this machine. */
  List<String> modelHere(StoreFiles stores) {
    return model.stream().map(word -> StoreAddress.is(word) ? stores.here(word) : word).toList();
  }
}
