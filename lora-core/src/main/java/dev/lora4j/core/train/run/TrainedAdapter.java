package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import java.util.List;

/**
 * A trained adapter and how its loss went.
 *
 * @param adapter with its factors rounded to the type that they are stored in
 * @param losses one for each step that this process took
 */
public record TrainedAdapter(Adapter adapter, List<Float> losses) {
  /** Copies the list. */
  public TrainedAdapter {
    losses = List.copyOf(losses);
  }
}
