package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads one file and keeps the account of its keys. */
final class Examiner {
  private final AdapterSource source;
  private final ReadOptions options;
  private final SortedMap<String, String> used = new TreeMap<>();
  private final SortedMap<String, String> converted = new TreeMap<>();
  private final SortedMap<String, SortedSet<String>> shared = new TreeMap<>();
  private final SortedMap<String, Reason> ignored = new TreeMap<>();
  private final SortedMap<String, List<Factors>> factors = new TreeMap<>();
  private final SortedSet<String> dialects = new TreeSet<>();
  private final SortedSet<String> matched = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private NonFiniteValues notFinite = NonFiniteValues.NONE;

  Examiner(AdapterSource source, ReadOptions options) {
    this.source = source;
    this.options = options;
  }

  Examination examine(TargetModel base) {
    warnings.addAll(source.warnings());
    warnings.addAll(source.config().warnings());
    warnings.addAll(base.warnings());
    KeyTable table = KeyTable.of(base.context(), source.dialects());
    table.leaveOneSpelling();
    ignored.putAll(table.ignored());
    SharedTensors common = new SharedTensors(source, table);
    GroupReader reader = new GroupReader(source, common);
    table.groups().forEach(group -> read(reader, group));
    account(table, common);
    if (!notFinite.isEmpty()) {
      problems.add(0, source.path() + ": " + notFinite.text(table.groups().size()));
    }
    SortedSet<String> unmatched = new TreeSet<>();
    table.lacking().values().forEach(l -> unmatched.add(l.spelled()));
    KeyAccount account = new KeyAccount(used, converted, ignored);
    problems.addAll(
        new Verdict(source.path(), base, options).on(account, table.lacking(), factors));
    List<String> unknown = source.config().unknown();
    if (options.allowPartial()) {
      warnings.addAll(unknown);
    } else {
      unknown.forEach(u -> problems.add(u + " Allow partial adapters to read it without."));
    }
    if (!problems.isEmpty()) {
      problems.set(0, problems.get(0) + base.better(source));
    }
    warnings.addAll(Verdict.warnings(account));
    if (!converted.isEmpty() && SplitAttention.is(source.metadata())) {
      warnings.add(SplitAttention.WARNING);
    }
    source.dialects().stream()
        .filter(f -> dialects.contains(f.name()))
        .forEach(f -> f.warning().ifPresent(warnings::add));
    return new Examination(
        base.family(),
        base.known(),
        dialects,
        matched,
        unmatched,
        account,
        adapter(),
        problems,
        warnings,
        notFinite,
        tensors(Reason.EMBEDDING),
        tensors(Reason.REPLACEMENT));
  }

  /** Accounts for tensors that layers share: each layer uses a part of them. */
  private void account(KeyTable table, SharedTensors common) {
    for (String key : table.shared().values()) {
      SortedSet<String> sites = shared.get(key);
      if (sites == null) {
        ignored.put(key, unused(key, table, common));
      } else {
        converted.put(key, String.join(", ", sites));
      }
    }
  }

  private static Reason unused(String key, KeyTable table, SharedTensors common) {
    if (common.asked().contains(key)) {
      return Reason.UNUSABLE;
    }
    return table.lacking().isEmpty() ? Reason.HALF_A_PAIR : Reason.NO_SITE;
  }

  private void read(GroupReader reader, KeyTable.Group group) {
    GroupReader.Result result;
    try {
      result = reader.read(group);
    } catch (AdapterException e) {
      NonFiniteValues values = NonFiniteValues.of(source, group.spelled(), group.keys().values());
      notFinite = notFinite.and(values);
      if (values.isEmpty()) {
        String problem = source.path() + ": " + e.getMessage();
        if (!problems.contains(problem)) {
          problems.add(problem);
        }
      } else {
        // The layer was found, so that the base is the right one.
        matched.add(group.spelled());
      }
      group.keys().values().forEach(key -> ignored.put(key, Reason.UNUSABLE));
      return;
    }
    ignored.putAll(result.ignored());
    warnings.addAll(result.warnings());
    String sites =
        group.layer().parts().stream()
            .map(Layer.Part::site)
            .map(s -> s.name())
            .collect(Collectors.joining(", "));
    for (String key : result.shared()) {
      shared.computeIfAbsent(key, k -> new TreeSet<>()).add(sites);
    }
    for (String key : group.keys().values()) {
      if (!result.ignored().containsKey(key)) {
        (result.converted().contains(key) ? converted : used).put(key, sites);
        dialects.add(group.dialect());
        matched.add(group.spelled());
      }
    }
    result
        .factors()
        .forEach(
            (site, found) -> factors.computeIfAbsent(site, s -> new ArrayList<>()).addAll(found));
  }

  private Optional<Adapter> adapter() {
    String name =
        String.valueOf(source.path().toAbsolutePath().normalize().getFileName())
            .replaceFirst("\\.(safetensors|gguf)$", "");
    Map<String, String> metadata = source.metadata();
    return factors.values().stream().allMatch(List::isEmpty)
        ? Optional.empty()
        : Optional.of(new Adapter(name, factors, metadata));
  }

  private Map<String, HostTensor> tensors(Reason reason) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    ignored.forEach(
        (key, why) -> {
          if (why == reason) {
            tensors.put(key, source.tensor(key));
          }
        });
    return tensors;
  }
}
