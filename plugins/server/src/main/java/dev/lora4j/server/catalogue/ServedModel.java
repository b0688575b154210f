package dev.lora4j.server.catalogue;

import dev.lora4j.server.model.NamedAdapter;
import java.util.List;

/**
 * What a request's model means.
 *
 * @param <S> the service of its base
 * @param adapters on the base
 * @param name as the client said it; that of the base if it said none
 */
public record ServedModel<S>(S service, List<NamedAdapter> adapters, String name) {
  /** Copies the list. */
  public ServedModel {
    adapters = List.copyOf(adapters);
  }
}
