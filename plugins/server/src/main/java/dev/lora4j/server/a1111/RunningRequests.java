package dev.lora4j.server.a1111;

import dev.lora4j.server.library.Tenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The requests of each tenant that wait or are being made. May be used from several threads. */
final class RunningRequests {
  private final Map<Tenant, List<RunningRequest>> all = new HashMap<>();

  /** Adds one. */
  synchronized void begin(Tenant tenant, RunningRequest request) {
    all.computeIfAbsent(tenant, t -> new ArrayList<>()).add(request);
  }

  /** Takes one away. */
  synchronized void end(Tenant tenant, RunningRequest request) {
    List<RunningRequest> own = all.getOrDefault(tenant, new ArrayList<>());
    own.remove(request);
    if (own.isEmpty()) {
      all.remove(tenant);
    }
  }

  /** Those of a tenant, the oldest first. */
  synchronized List<RunningRequest> of(Tenant tenant) {
    return List.copyOf(all.getOrDefault(tenant, List.of()));
  }
}
