package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.spi.ExtensionName;
import java.nio.file.Path;

/**
 * Layout of written adapters: its names of layers and tensors, and the methods that it has no form
 * for. An extension point; implementations have no state and are used by several threads.
 */
public interface AdapterWriter {
  /** Its stable name, for example {@code kohya}. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** Returns true if it writes a folder instead of one file. */
  default boolean folder() {
    return false;
  }

  /** Ending of the name of the file that it writes, with its dot, unless it writes a folder. */
  default String ending() {
    return ".safetensors";
  }

  /** The form of methods that the layout holds, where two tools define them differently. */
  default ToolConvention convention() {
    return ToolConvention.LYCORIS;
  }

  /**
   * Returns true if it has a form of its own for factors that are a LoRA in another form; else they
   * are written as that LoRA.
   */
  default boolean keeps(Factors factors) {
    return false;
  }

  /**
   * Names the tensors of an adapter.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if the layout has no form for factors; the
   *     message names them and what can be done
   */
  AdapterLayout lay(WriteRequest request);

  /**
   * The metadata of a file when all else is known.
   *
   * @param tensors has all its tensors; its own metadata may be replaced
   */
  default Metadata finish(SafetensorsWriter tensors, Metadata metadata) {
    return metadata;
  }

  /**
   * Writes a file, whole or not at all; by default as safetensors.
   *
   * @param metadata entries of any layout, without those of {@code file}
   */
  default void write(LayoutFile file, Metadata metadata, Path path) {
    SafetensorsOutput.write(this, file, metadata, path);
  }
}
