"""What the processor time of a pod is assumed to have emitted."""

WATTS_OF_ONE_PROCESSOR_CORE = 10.0
GRAMS_CO2E_PER_KILOWATT_HOUR = 380.0


def grams_co2e(processor_seconds: float) -> float:
    """Grams of CO2 equivalents. Source: our choice, an assumed core of 10 W on an assumed grid of 380 g/kWh."""
    kilowatt_hours = processor_seconds * WATTS_OF_ONE_PROCESSOR_CORE / 3_600_000
    return kilowatt_hours * GRAMS_CO2E_PER_KILOWATT_HOUR
