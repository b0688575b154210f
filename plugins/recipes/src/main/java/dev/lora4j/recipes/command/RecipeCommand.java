package dev.lora4j.recipes.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.recipes.customer.CustomerServiceRecipe;
import dev.lora4j.recipes.domain.DomainExpertRecipe;
import dev.lora4j.recipes.translation.TranslationRecipe;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Whole uses of adapters. */
@Extension(
    point = Command.class,
    name = "recipe",
    help =
        "Whole uses of adapters, each by one command: customer-service, translation, domain-expert.")
@picocli.CommandLine.Command(
    name = "recipe",
    sortOptions = false,
    description = {
      "Run a whole use of adapters: make its data, train, compare and measure.",
      "Each command of it is shown as you would type it. A recipe that was stopped goes on where it was."
    },
    subcommands = {CustomerServiceRecipe.class, TranslationRecipe.class, DomainExpertRecipe.class})
public final class RecipeCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public int run(Console console) {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
