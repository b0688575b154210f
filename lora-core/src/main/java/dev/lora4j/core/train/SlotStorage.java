package dev.lora4j.core.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The place of the optimizer's slots while a state is in use: memory, or a mapped file, whose pages
 * the system writes out where memory is short. Steps have the same bits either way.
 */
public final class SlotStorage {
  /** Memory. */
  public static final SlotStorage MEMORY = new SlotStorage(Optional.empty());

  private final Optional<Path> folder;

  private SlotStorage(Optional<Path> folder) {
    this.folder = folder;
  }

  /**
   * A file for each state in a folder on a disk. The files have no names while they are in use,
   * where the system permits it, so that nothing is left of them when the process ends, however.
   *
   * @param folder made if it is not there
   */
  public static SlotStorage mapped(Path folder) {
    return new SlotStorage(Optional.of(folder));
  }

  /**
   * Checks that an engine's device can have them there.
   *
   * @throws TensorException if it is a card, which reads no mapped files
   */
  public void requireFits(Scope scope) {
    if (folder.isPresent() && scope.engine().device().cuda()) {
      throw new TensorException(
          "The optimizer's state cannot lie in a mapped file on "
              + scope.engine().device()
              + ", which reads its own memory alone; take state = \"memory\", with adamw8bit or"
              + " lion8bit where that is short.");
    }
  }

  /**
   * Tensors with first values.
   *
   * @throws TensorException if the file cannot be written, for example as the disk is full
   */
  Map<String, Tensor> tensors(Scope scope, Map<String, FirstValues> slots) {
    requireFits(scope);
    if (folder.isPresent() && !slots.isEmpty()) {
      return MappedSlots.of(scope, folder.get(), slots);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    slots.forEach((name, first) -> tensors.put(name, first.values().on(scope, first.type())));
    return tensors;
  }
}
