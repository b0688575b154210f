package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.function.Supplier;

/** Trained numbers of a run as they are between two steps, made when they are asked for. */
public interface TrainedNumbers extends Supplier<Adapter> {
  /** The adapter, in F32. */
  @Override
  Adapter get();

  /**
   * A weight that is trained beside the adapter, in F32.
   *
   * @param name that it was {@linkplain Staging#beside staged} by
   * @throws IllegalArgumentException if there is none of this name
   */
  HostTensor beside(String name);
}
