package dev.lora4j.diffusion.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Paths of a run on this machine: addresses of stores become the paths of copies. */
record LocalPaths(StoreFiles stores) {
  /**
   * The same values with paths alone.
   *
   * @throws RunProblems with all addresses that are not taken
   */
  RunValues of(RunValues values) {
    List<String> problems = new ArrayList<>();
    BinaryOperator<String> local =
        (key, path) -> {
          Optional<String> address = StoreAddress.of(path);
          return address.isEmpty() ? path : local(values, key, address.get(), problems);
        };
    RunValues all = values.paths(local);
    if (!problems.isEmpty()) {
      throw new RunProblems(problems);
    }
    return all;
  }

  private String local(RunValues values, String key, String address, List<String> problems) {
    String what = said(values, key) + " is " + address + ", the address of a store; ";
    if (key.equals(RunKeys.OUT.name())) {
      problems.add(what + "what is written goes to a path. Copy it there afterwards.");
      return address;
    }
    try {
      return stores.here(address);
    } catch (IllegalArgumentException e) {
      problems.add(what + e.getMessage() + ".");
      return address;
    }
  }

  private static String said(RunValues values, String key) {
    return SettingLayers.key(key).map(known -> values.origin(known) + ": " + key).orElse(key);
  }
}
