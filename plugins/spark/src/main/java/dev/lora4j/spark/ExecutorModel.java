package dev.lora4j.spark;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.io.Serializable;

/**
 * The base as every machine opens it. Equal ones are opened once in a Java machine, so that an
 * implementation is a record of serialisable values.
 */
public interface ExecutorModel extends Serializable {
  /**
   * Opens the base.
   *
   * @param lora engine of this machine
   * @throws dev.lora4j.core.model.ModelException if it cannot be opened here
   */
  StableDiffusion open(Lora4j lora);

  /** The device that machines compute on; the processor if an implementation says nothing. */
  default Device device() {
    return Device.CPU;
  }
}
