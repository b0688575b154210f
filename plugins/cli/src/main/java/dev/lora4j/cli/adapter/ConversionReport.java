package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Report of the conversion of an adapter from one file to another.
 *
 * @param back what was written, as it reads
 */
record ConversionReport(
    Path in, LoadedAdapter read, String layout, AdapterOutput.Written written, LoadedAdapter back) {
  private static final int SHOWN = 20;
  private static final int WIDTH = 160;

  /** True if the written adapter differs from the read one, and no change explains it. */
  boolean unexplained() {
    return written.changes().isEmpty() && !same();
  }

  private boolean same() {
    return read.adapter().identity().equals(back.adapter().identity());
  }

  /** Text for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(in + ": adapter for " + read.family().title());
    lines.add("  Dialects: " + String.join(", ", read.dialects()));
    lines.add("  " + read.account().summary());
    read.account().ignored().entrySet().stream()
        .limit(SHOWN)
        .forEach(
            e -> lines.add("  " + Printable.of(e.getKey(), WIDTH) + ": " + e.getValue().text()));
    int more = read.account().ignored().size() - SHOWN;
    if (more > 0) {
      lines.add("  and " + more + " more; inspect --all lists them.");
    }
    lines.add(
        written.path()
            + ": layout of "
            + layout
            + ", "
            + back.adapter().sites().size()
            + " layers, "
            + String.join(", ", types()));
    written.changes().forEach(change -> lines.add("  " + change));
    lines.add("  Identity before " + read.adapter().identity());
    lines.add("  Identity after  " + back.adapter().identity() + (same() ? ", the same" : ""));
    return lines;
  }

  private Set<String> types() {
    Set<String> types = new TreeSet<>();
    for (List<Factors> factors : back.adapter().sites().values()) {
      factors.forEach(
          f ->
              f.tensors().values().stream()
                  .map(HostTensor::dtype)
                  .filter(DType::floating)
                  .forEach(t -> types.add(t.toString())));
    }
    return types;
  }

  /** The same for programs. */
  Json json() {
    KeyAccount account = read.account();
    Map<String, Object> ignored = new LinkedHashMap<>();
    account.ignored().forEach((key, reason) -> ignored.put(key, reason.text()));
    return new Json()
        .put("in", in.toString())
        .put("out", written.path().toString())
        .put("base", read.family().name())
        .put("layout", layout)
        .put("dialects", read.dialects())
        .put("used", account.used())
        .put("converted", account.converted())
        .put("ignored", ignored)
        .put("changes", written.changes())
        .put("dtypes", types())
        .put("layers", back.adapter().sites().size())
        .put("identity_before", read.adapter().identity())
        .put("identity_after", back.adapter().identity());
  }
}
