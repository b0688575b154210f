package dev.lora4j.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.Commands;
import dev.lora4j.cli.Root;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.tensor.runtime.ProcessorShare;
import dev.lora4j.spi.Extensions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ThreadsOptionTest {
  /** Commands that only read, write or list. */
  private static final List<String> WITHOUT_ENGINE =
      List.of(
          "convert",
          "inspect",
          "plugins",
          "plugins admit",
          "plugins doctor",
          "plugins list",
          "plugins show",
          "plugins verify",
          "store",
          "store add",
          "store collect",
          "store get",
          "store list",
          "store remove",
          "store stats",
          "store verify",
          "text",
          "text new");

  private static void gather(String before, CommandLine at, Map<String, CommandLine> all) {
    at.getSubcommands()
        .forEach(
            (name, command) -> {
              all.put(before + name, command);
              gather(before + name + " ", command, all);
            });
  }

  @Test
  void everyCommandThatComputesHasTheOption() {
    Map<String, CommandLine> all = new TreeMap<>();
    for (Extensions.Installed each : Extensions.installed().list(Command.class)) {
      CommandLine program = new CommandLine(new Root());
      String name = each.info().name();
      Commands.add(program, List.of(name));
      CommandLine command = program.getSubcommands().get(name);
      all.put(name, command);
      gather(name + " ", command, all);
    }
    assertTrue(all.containsKey("text quickstart") && all.containsKey("merge"), all.toString());
    List<String> without = new ArrayList<>();
    all.forEach(
        (name, command) -> {
          if (command.getCommandSpec().findOption("--threads") == null) {
            without.add(name);
          }
        });
    assertEquals(WITHOUT_ENGINE, without);
  }

  private static String told(double load, int usable) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = Console.of(new PrintStream(err), new PrintStream(err));
    ThreadsOption.tell(console, load, new ProcessorShare(usable, 2, Optional.empty()));
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void busyMachineIsReportedWithoutATerminalToo() {
    assertTrue(told(2.5, 2).contains("load 2.5 on 2 processors"), told(2.5, 2));
    assertEquals("", told(1.5, 2));
    assertEquals("", told(9, 1), "there are no fewer");
  }

  @Test
  void doctorReportsThreadsAndTheirReason() {
    String given = Run.of("doctor", "--threads=1", "--json").out();
    assertTrue(given.contains("1 (--threads)"), given);
    String all = Run.of("doctor", "--json").out();
    assertTrue(all.contains(ProcessorShare.ofThisProcess().toString()), all);
  }
}
