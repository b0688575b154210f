package dev.lora4j.server.model;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.AdapterLease;
import dev.lora4j.server.library.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The adapters of one request, which stay as they are until it is closed.
 *
 * @param mix the adapters with their weights
 * @param names of the adapters, for the account that work is charged to; empty for none
 */
public record LeasedAdapters(MixPlan mix, String names, List<AdapterLease> leases)
    implements AutoCloseable {
  /** Copies the list. */
  public LeasedAdapters {
    leases = List.copyOf(leases);
  }

  /**
   * Leases adapters.
   *
   * @throws dev.lora4j.server.library.UnknownAdapterException if the tenant can use none of a name
   * @throws dev.lora4j.server.library.UnusableAdapterException if one does not fit the base
   */
  public static LeasedAdapters of(AdapterCache cache, Tenant tenant, List<NamedAdapter> named) {
    List<AdapterLease> leases = new ArrayList<>();
    MixPlan mix = MixPlan.NONE;
    try {
      for (NamedAdapter one : named) {
        AdapterLease lease = cache.acquire(tenant, one.name());
        leases.add(lease);
        mix =
            mix.with(
                new MixPlan.Part(
                    lease.adapter(), one.weight(), one.text(), one.shares(), one.area()));
      }
    } catch (RuntimeException | Error e) {
      leases.forEach(AdapterLease::close);
      throw e;
    }
    String names =
        leases.stream().map(lease -> lease.key().name()).collect(Collectors.joining("+"));
    return new LeasedAdapters(mix, names, leases);
  }

  @Override
  public void close() {
    leases.forEach(AdapterLease::close);
  }
}
