package dev.lora4j.cli.doctor;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Finding;
import dev.lora4j.cli.console.Findings;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that checks this machine, with remedies. */
@Extension(
    point = Command.class,
    name = "doctor",
    help = "Check Java, libtorch, memory and disk; say what to do about each problem.")
@picocli.CommandLine.Command(
    name = "doctor",
    sortOptions = false,
    description = "Check Java, libtorch, memory and disk; say what to do about each problem.")
public final class DoctorCommand implements Command {
  @Mixin private final DeviceOption where = new DeviceOption();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    List<Finding> findings = new ArrayList<>(MachineCheck.findings());
    findings.addAll(EngineCheck.findings(where.device, where.threads));
    return Findings.report(console, findings, json);
  }
}
