package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.KeyAccount.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Account of the keys of an adapter's file, where something else is made of it. */
public final class KeyReport {
  private static final int SHOWN = 4;
  private static final int WIDTH = 160;

  /**
   * Reasons that lose data. Of what else is ignored the file is warned of, or it has no effect
   * anywhere.
   */
  private static final Set<Reason> LOST =
      EnumSet.of(
          Reason.UNKNOWN,
          Reason.UNKNOWN_METHOD,
          Reason.NO_SITE,
          Reason.HALF_A_PAIR,
          Reason.UNUSABLE);

  private KeyReport() {}

  /** Notes which keys have no part in what is made. */
  static void tell(Console console, Path file, KeyAccount account) {
    List<String> lost =
        account.ignored().entrySet().stream()
            .filter(e -> LOST.contains(e.getValue()))
            .map(e -> Printable.of(e.getKey(), WIDTH))
            .toList();
    if (lost.isEmpty()) {
      return;
    }
    int more = lost.size() - SHOWN;
    console.note(
        file
            + ": "
            + account.summary()
            + ". Left out: "
            + String.join(", ", lost.stream().limit(SHOWN).toList())
            + (more > 0 ? " and " + more + " more; inspect --all lists them." : "."));
  }

  /** The whole account, for programs. */
  public static Json json(KeyAccount account) {
    List<Object> ignored = new ArrayList<>();
    account
        .ignored()
        .forEach(
            (key, why) ->
                ignored.add(new Json().put("key", key).put("reason", why.text()).fields()));
    return new Json()
        .put("total", account.total())
        .put("used", account.used().size())
        .put("converted", account.converted().size())
        .put("ignored", ignored);
  }
}
