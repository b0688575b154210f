package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A folder of many adapters, whose equal tensors are kept once. */
@Extension(
    point = Command.class,
    name = "store",
    help = "Keep many adapters in one folder, the bytes of each tensor once.")
@picocli.CommandLine.Command(
    name = "store",
    sortOptions = false,
    description = {
      "Keep many adapters in one folder, the bytes of each tensor once: adapters that share tensors"
          + " take the room of what differs.",
      "",
      "Files come out byte for byte as they were added. --lora FOLDER/NAME uses an adapter of a store"
          + " as it is."
    },
    subcommands = {
      StoreAdd.class,
      StoreGet.class,
      StoreList.class,
      StoreStats.class,
      StoreVerify.class,
      StoreRemove.class,
      StoreCollect.class
    })
public final class StoreCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public int run(Console console) {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
